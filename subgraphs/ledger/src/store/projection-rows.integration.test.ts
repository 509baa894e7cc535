import { newId, toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LedgerHouse, openLedgerHouse, terms } from '../../test/ledger-house.ts';
import type { MerchantNews, ProgramNews } from '../domain/news.ts';
import type { Validity } from '../domain/program.ts';
import { createProgramFinder } from '../queries/find-program.ts';
import { loadProgram, saveMerchant, saveProgram } from './projection-rows.ts';

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterAll(() => house.close());

function newsOf(versionCount: number): { merchant: MerchantNews; program: ProgramNews } {
  const [merchantId, programId] = [toUuid(newId('mer'), 'mer'), toUuid(newId('prg'), 'prg')];
  const versions = Array.from({ length: versionCount }, (_, index) => ({
    ...terms,
    version: index + 1,
    points: BigInt(index + 1),
    startsAt: new Date(terms.startsAt.getTime() + index * 1_000),
  }));
  const pointAssetCode = `PTS.${newId('prg').slice('prg_'.length)}`;
  return {
    merchant: {
      ...{ merchantId, version: 1n, status: 'LIVE', storeIds: [toUuid(newId('sto'), 'sto')] },
      ...{ timeZone: 'Europe/Brussels', country: 'BE' },
    },
    program: { programId, merchantId, version: BigInt(versionCount), currency: 'EUR', pointAssetCode, versions },
  };
}

test('news in any order, and more than once, lead to the newest state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), async (arrivals) => {
      const { merchant, program } = newsOf(5);
      for (const arrival of arrivals) {
        const versions = program.versions.slice(0, arrival);
        await saveMerchant(house.pool, {
          ...merchant,
          version: BigInt(arrival),
          status: arrival % 2 ? 'LIVE' : 'SUSPENDED',
        });
        await saveProgram(house.pool, { ...program, version: BigInt(arrival), versions });
      }
      const newest = Math.max(...arrivals);
      const found = await loadProgram(house.pool, program.programId);
      expect(found?.versions).toEqual(program.versions.slice(0, newest));
      const { rows } = await house.pool.query('SELECT status, version FROM merchant WHERE id = $1', [
        merchant.merchantId,
      ]);
      expect(rows).toEqual([{ status: newest % 2 ? 'LIVE' : 'SUSPENDED', version: BigInt(newest) }]);
    }),
    { numRuns: 20 },
  );
});

test('a program whose merchant was not heard of is not known yet', async () => {
  const { program } = newsOf(1);
  await saveProgram(house.pool, program);
  expect(await loadProgram(house.pool, program.programId)).toBeUndefined();
});

test('every term of lots is read back as it was told', async () => {
  const { merchant, program } = newsOf(5);
  const validities: Validity[] = [
    { kind: 'UNLIMITED' },
    { kind: 'DAYS', days: 365 },
    { kind: 'FIXED_DATE', on: '2027-06-30' },
    { kind: 'END_OF_MONTH', months: 0 },
    { kind: 'INACTIVITY', days: 180 },
  ];
  const lots = { activationDelayDays: 14, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 } as const;
  const versions = program.versions.map((it, index) => ({
    ...it,
    ...lots,
    validity: validities[index] ?? it.validity,
  }));
  await saveMerchant(house.pool, merchant);
  await saveProgram(house.pool, { ...program, versions });
  expect(await loadProgram(house.pool, program.programId)).toMatchObject({
    ...{ timeZone: 'Europe/Brussels', country: 'BE' },
    versions,
  });
});

test('a merchant whose country was not told is asked for, and the answer outlives news of before', async () => {
  const news = newsOf(1);
  const untold = { ...news.merchant, country: undefined };
  await saveMerchant(house.pool, untold);
  await saveProgram(house.pool, news.program);
  expect(await loadProgram(house.pool, news.program.programId)).toBeUndefined();
  const find = createProgramFinder({ pool: house.pool, readNews: async () => news });
  expect(await find(news.program.programId)).toMatchObject({ country: 'BE' });
  await saveMerchant(house.pool, untold);
  await saveMerchant(house.pool, { ...untold, version: 2n });
  expect(await loadProgram(house.pool, news.program.programId)).toMatchObject({ country: 'BE' });
});

test('terms that were kept before lots had any are asked for again, and no purchase is rated by less', async () => {
  const news = newsOf(2);
  await saveMerchant(house.pool, news.merchant);
  await saveProgram(house.pool, news.program);
  await house.pool.query(
    `UPDATE program_version SET validity = NULL WHERE program_id = '${news.program.programId}' AND version = 1`,
  );
  expect(await loadProgram(house.pool, news.program.programId)).toBeUndefined();
  const versions = news.program.versions.map((it) => ({ ...it, validity: { kind: 'DAYS', days: 365 } as const }));
  const told = { ...news, program: { ...news.program, versions } };
  const find = createProgramFinder({ pool: house.pool, readNews: async () => told });
  // The second version was known whole, and never changes.
  expect((await find(news.program.programId))?.versions.map(({ validity }) => validity.kind)).toEqual([
    'DAYS',
    'UNLIMITED',
  ]);
});

test('a validity that says too little is refused by the database itself', async () => {
  const { program } = newsOf(1);
  const save = (validity: object) =>
    saveProgram(house.pool, {
      ...program,
      versions: program.versions.map((it) => ({ ...it, validity: validity as Validity })),
    });
  for (const validity of [{}, { kind: 'DAYS' }, { kind: 'DAYS', days: 0 }, { kind: 'FIXED_DATE', on: 'soon' }]) {
    await expect(save(validity)).rejects.toThrow('program_version_validity_form');
  }
});

test('a program that was never heard of is asked for once, whoever wants it, and kept', async () => {
  const news = newsOf(2);
  let asked = 0;
  const readNews = async () => {
    asked += 1;
    return news;
  };
  const find = createProgramFinder({ pool: house.pool, readNews });
  const found = await Promise.all(Array.from({ length: 10 }, () => find(news.program.programId)));
  expect(asked).toBe(1);
  expect(found[9]).toMatchObject({ versions: news.program.versions, storeIds: news.merchant.storeIds });
  const nobody = async () => undefined;
  const afterRestart = createProgramFinder({ pool: house.pool, readNews: nobody });
  expect(await afterRestart(news.program.programId)).toEqual(found[0]);
  expect(await afterRestart(toUuid(newId('prg'), 'prg'))).toBeUndefined();
});
