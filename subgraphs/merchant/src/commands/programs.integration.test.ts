import { PROGRAM_CHANGED } from '@localplus/event-bus';
import { newId, toUuid } from '@localplus/identifiers';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { operator } from '../../test/callers.ts';
import { type MerchantHouse, newKey, openMerchantHouse, refusalOf, terms } from '../../test/merchant-house.ts';
import { InvalidInput, InvalidStart } from '../domain/refusals.ts';
import type { Validity } from '../domain/validity.ts';
import { readProgramStates } from '../store/program-states.ts';
import { readVersionsInForce } from '../store/program-versions.ts';
import { changeProgram } from './change-program.ts';
import { createProgram } from './create-program.ts';

let database: TestDatabase;
let house: MerchantHouse;
beforeAll(async () => {
  database = await createTestDatabase();
  house = openMerchantHouse(database);
});
afterAll(() => house.close());
const start = new Date('2026-11-22T10:00:00.000Z');
beforeEach(() => {
  house.now = start;
});
const after = (ms: number) => new Date(start.getTime() + ms);
const dayMs = 86_400_000;

async function programOf(programId: string) {
  const [program] = await readProgramStates(house.database, [programId]);
  return program!;
}
async function addProgram(startsAt?: Date, caller?: typeof operator) {
  const merchant = await house.addMerchant();
  const input = { idempotencyKey: newKey(), merchantId: merchant.id, terms, startsAt };
  return { merchant, ...(await createProgram(house, caller ?? merchant.owner, input)) };
}

test("a program has the merchant's currency, a point asset of its own, and a first version a minute ahead", async () => {
  const { merchant, programId, version } = await addProgram();
  expect(version).toBe(1);
  expect(await programOf(programId)).toEqual({
    ...{ programId, merchantId: merchant.id, merchantStatus: 'DRAFT', merchantVersion: 1n, merchantStoreIds: [] },
    ...{ merchantTimeZone: 'Europe/Paris', merchantCountry: 'FR' },
    ...{ currency: 'EUR', pointAssetCode: `PTS.${programId.slice('prg_'.length)}`, programVersion: 1n },
    versions: [{ version: 1, startsAt: after(60_000), publishedAt: start, ...terms }],
  });
});

test('an operator brings in a program that has been running; the merchant cannot rewrite its past', async () => {
  const { programId } = await addProgram(after(-90 * dayMs), operator);
  expect((await programOf(programId)).versions[0]?.startsAt).toEqual(after(-90 * dayMs));
  expect(await refusalOf(addProgram(after(-90 * dayMs)))).toBeInstanceOf(InvalidStart);
  expect(await refusalOf(addProgram(after(59_999)))).toMatchObject({ earliestStartsAt: after(60_000) });
});

test('a change makes a new version and leaves the old ones as they were', async () => {
  const { merchant, programId } = await addProgram();
  const lots = { activationDelayDays: 14, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 } as const;
  const changed = {
    ...terms,
    points: 3n,
    rounding: 'HALF_UP',
    ...lots,
    validity: { kind: 'DAYS', days: 365 },
  } as const;
  const input = { idempotencyKey: newKey(), programId, terms: changed, startsAt: after(dayMs) };
  expect(await changeProgram(house, merchant.manager, input)).toMatchObject({ programId, version: 2 });
  const { versions, programVersion } = await programOf(programId);
  expect(programVersion).toBe(2n);
  expect(versions).toEqual([
    { version: 1, startsAt: after(60_000), publishedAt: start, ...terms },
    { version: 2, startsAt: after(dayMs), publishedAt: start, ...changed },
  ]);
});

test.each<Validity>([
  { kind: 'UNLIMITED' },
  { kind: 'DAYS', days: 365 },
  { kind: 'FIXED_DATE', on: '2027-06-30' },
  { kind: 'END_OF_MONTH', months: 0 },
  { kind: 'INACTIVITY', days: 180 },
])('a validity %j is kept and read back as it was published', async (validity) => {
  const { merchant, programId } = await addProgram();
  await changeProgram(house, merchant.owner, {
    ...{ idempotencyKey: newKey(), programId, startsAt: undefined },
    terms: { ...terms, validity },
  });
  expect((await programOf(programId)).versions[1]?.validity).toEqual(validity);
});

test("a fixed date fits the start of its version in the merchant's calendar, or is refused", async () => {
  const { merchant, programId } = await addProgram();
  const change = (on: string) =>
    changeProgram(house, merchant.owner, {
      ...{ idempotencyKey: newKey(), programId, startsAt: after(30 * dayMs) },
      terms: { ...terms, activationDelayDays: 14, validity: { kind: 'FIXED_DATE', on } },
    });
  expect(await refusalOf(change('2027-01-04'))).toMatchObject({
    problems: [{ field: 'terms.validity.on', message: expect.stringContaining('from 2027-01-05') }],
  });
  expect(await change('2027-01-05')).toMatchObject({ version: 2 });
  const create = createProgram(house, merchant.owner, {
    ...{ idempotencyKey: newKey(), merchantId: merchant.id, startsAt: undefined },
    terms: { ...terms, validity: { kind: 'FIXED_DATE', on: '2026-11-21' } },
  });
  expect(await refusalOf(create)).toBeInstanceOf(InvalidInput);
});

test('the database itself refuses two validities, and points that expire while they are pending', async () => {
  const { merchant, programId } = await addProgram();
  const insert = (columns: string, values: string) =>
    house.database.query(
      `INSERT INTO program_versions (merchant_id, program_id, version, starts_at, point_name, points, per_amount_minor,
         rounding, minimum_purchase_minor, published_at, ${columns})
       VALUES ($1, $2, 2, $3, 'point', 1, 1, 'DOWN', 0, $3, ${values})`,
      [toUuid(merchant.id, 'mer'), toUuid(programId, 'prg'), start],
    );
  await expect(insert('point_validity_days, inactivity_days', '1, 1')).rejects.toThrow('program_versions_one_validity');
  const expired = insert('point_validity_days, activation_delay_days', '14, 14');
  await expect(expired).rejects.toThrow('program_versions_activation_before_expiry');
});

test('two changes at once become versions 2 and 3, and both are kept', async () => {
  const { merchant, programId } = await addProgram();
  const give = (pointName: string) =>
    changeProgram(house, merchant.owner, {
      ...{ idempotencyKey: newKey(), programId, startsAt: undefined },
      terms: { ...terms, pointName },
    });
  const answers = await Promise.all([give('baguette'), give('brioche')]);
  expect(answers.map(({ version }) => version).sort()).toEqual([2, 3]);
  const { versions } = await programOf(programId);
  expect(versions.map(({ pointName }) => pointName).sort()).toEqual(['baguette', 'brioche', 'croissant']);
});

test('a version starts at least 60 s after its publication and not before the one planned already', async () => {
  const { merchant, programId } = await addProgram();
  const change = (startsAt: Date | undefined) =>
    changeProgram(house, merchant.owner, { idempotencyKey: newKey(), programId, terms, startsAt });
  expect(await refusalOf(change(after(30_000)))).toMatchObject({ earliestStartsAt: after(60_000) });
  await change(after(30 * dayMs));
  expect(await refusalOf(change(after(dayMs)))).toMatchObject({ earliestStartsAt: after(30 * dayMs) });
  const { version } = await change(undefined);
  expect((await programOf(programId)).versions.at(-1)).toMatchObject({ version, startsAt: after(30 * dayMs) });
});

test('in force is the highest version that has started; before the first start, the first', async () => {
  const { merchant, programId } = await addProgram(after(dayMs));
  for (const startsAt of [after(2 * dayMs), after(3 * dayMs), after(3 * dayMs)]) {
    await changeProgram(house, merchant.owner, { idempotencyKey: newKey(), programId, terms, startsAt });
  }
  const uuid = toUuid(programId, 'prg');
  const inForceAt = async (at: Date) => (await readVersionsInForce(house.database, [uuid], at)).get(uuid)?.version;
  expect(await Promise.all([0, 1, 1.5, 2, 2.9, 3, 100].map((days) => inForceAt(after(days * dayMs))))).toEqual([
    1, 1, 1, 2, 2, 4, 4,
  ]);
});

test('terms that break a rule are refused, with every field at fault', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  const broken = { ...terms, pointName: '', points: 0n, perAmountMinor: 10n ** 30n };
  const input = { idempotencyKey: newKey(), merchantId, terms: broken, startsAt: undefined };
  const fields = [{ field: 'terms.pointName' }, { field: 'terms.points' }, { field: 'terms.perAmountMinor' }];
  expect(await refusalOf(createProgram(house, owner, input))).toMatchObject({ problems: fields });
  const { programId, merchant } = await addProgram();
  const change = changeProgram(house, merchant.owner, { ...input, programId });
  expect(await refusalOf(change)).toBeInstanceOf(InvalidInput);
});

test('a merchant has at most 20 programs, a program at most 500 versions', async () => {
  const { merchant, programId } = await addProgram();
  const merchantUuid = toUuid(merchant.id, 'mer');
  await house.database.query(
    `INSERT INTO program_versions (merchant_id, program_id, version, starts_at, point_name, points, per_amount_minor,
       rounding, minimum_purchase_minor, published_at)
     SELECT $1, $2, n, $3, 'point', 1, 1, 'DOWN', 0, $3 FROM generate_series(2, 500) AS n`,
    [merchantUuid, toUuid(programId, 'prg'), start],
  );
  const change = changeProgram(house, merchant.owner, {
    ...{ idempotencyKey: newKey(), programId, terms, startsAt: undefined },
  });
  expect(await refusalOf(change)).toMatchObject({ code: 'MerchantLimitReached', countMax: 500 });

  for (let count = 2; count <= 20; count++) {
    const id = newId('prg');
    await house.database.query(
      'INSERT INTO loyalty_programs (id, merchant_id, currency, point_asset_code) VALUES ($1, $2, $3, $4)',
      [toUuid(id, 'prg'), merchantUuid, 'EUR', `PTS.${id.slice(4)}`],
    );
  }
  const create = createProgram(house, merchant.owner, {
    ...{ idempotencyKey: newKey(), merchantId: merchant.id, terms, startsAt: undefined },
  });
  expect(await refusalOf(create)).toMatchObject({ code: 'MerchantLimitReached', countMax: 20 });
});

test('the events of a program are its states, whole', async () => {
  const { merchant, programId } = await addProgram();
  await changeProgram(house, merchant.owner, {
    ...{ idempotencyKey: newKey(), programId, startsAt: undefined },
    terms: { ...terms, validity: { kind: 'DAYS', days: 365 }, refundGraceDays: 30, minimumPurchaseMinor: 500n },
  });
  const first = {
    ...{ version: 1, startsAt: after(60_000).toISOString(), pointName: 'croissant', points: '1' },
    ...{ perAmountMinor: '100', rounding: 'DOWN', minimumPurchaseMinor: '0', pointValidityDays: 0 },
    ...{ activationDelayDays: 0, validity: { kind: 'UNLIMITED' }, negativeBalance: 'NEVER', refundGraceDays: 0 },
  };
  const second = {
    ...{ ...first, version: 2, minimumPurchaseMinor: '500', refundGraceDays: 30 },
    ...{ pointValidityDays: 365, validity: { kind: 'DAYS', days: 365 } },
  };
  const base = { programId, merchantId: merchant.id, currency: 'EUR', pointAssetCode: `PTS.${programId.slice(4)}` };
  const events = await house.events(PROGRAM_CHANGED, programId);
  expect(events.map(({ version, value }) => ({ version, value }))).toEqual([
    { version: 1n, value: { ...base, programVersion: '1', versions: [first] } },
    { version: 2n, value: { ...base, programVersion: '2', versions: [first, second] } },
  ]);
});

test('published terms cannot be rewritten, by the login role or by accident of an administrator', async () => {
  const { programId } = await addProgram();
  const rewrite = `UPDATE merchant.program_versions SET points = 2 WHERE program_id = '${toUuid(programId, 'prg')}'`;
  await expect(house.database.query(rewrite)).rejects.toMatchObject({ code: '42501' });
  const asAdministrator = withAdminConnection(database.adminConnectionString, (client) => client.query(rewrite));
  await expect(asAdministrator).rejects.toThrow('program_versions is append-only');
});
