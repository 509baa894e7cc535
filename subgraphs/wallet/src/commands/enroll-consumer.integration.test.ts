import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import { RpcFailed } from '@localplus/rpc';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { consumer, nobody, partnerOf, platformOperator, staffOf } from '../../test/callers.ts';
import { type CommandHouse, openCommandHouse } from '../../test/command-house.ts';
import {
  AlreadyEnrolled,
  IdempotencyKeyReused,
  InvalidContact,
  MerchantNotLive,
  UnknownProgram,
} from '../domain/refusals.ts';
import { loadBalances } from '../store/balance-rows.ts';
import { type EnrollmentRequest, enrollConsumer } from './enroll-consumer.ts';
import { finishOpenEnrollments } from './finish-open-enrollments.ts';

let database: TestDatabase;
let house: CommandHouse;
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openCommandHouse(database.connectionString('wallet'));
});
afterAll(async () => {
  await house.close();
  await database.drop();
});
beforeEach(() => {
  house.ledger.beforeAnswer = () => undefined;
  house.ledger.openCalls = 0;
});

function request(changed: Partial<EnrollmentRequest> = {}): EnrollmentRequest {
  people += 1;
  const person = { givenName: 'Camille', email: `camille-${people}@example.fr`, locale: 'fr-FR' };
  return { idempotencyKey: newId('evt'), programId: house.programId, ...person, ...changed };
}
const enroll = (asked: EnrollmentRequest, caller = staffOf(house.merchantId)) => enrollConsumer(house, caller, asked);
const settle = async <Value>(work: Promise<Value>) => work.catch((error: unknown) => error);

async function count(table: 'consumers' | 'wallets', where: string, value: string): Promise<bigint> {
  const { rows } = await house.pool.query<{ count: bigint }>(`SELECT count(*) FROM ${table} WHERE ${where} = $1`, [
    value,
  ]);
  return rows[0]?.count ?? -1n;
}

test('an enrollment opens the holder, then writes consumer, wallet and an empty balance', async () => {
  const asked = request();
  const { walletId, consumerId, isReplay } = await enroll(asked);
  expect(isReplay).toBe(false);
  expect(house.ledger.holders.get(fromUuid('wal', walletId))?.opened).toEqual({
    holderId: fromUuid('wal', walletId),
    consumerId: fromUuid('con', consumerId),
    programId: fromUuid('prg', house.programId),
    merchantId: house.merchantId,
    assets: [{ code: `PTS.${fromUuid('prg', house.programId)}`, scale: 0 }],
  });
  expect(await count('wallets', 'id', walletId)).toBe(1n);
  expect(await count('consumers', 'email', asked.email ?? '')).toBe(1n);
  const state = (await loadBalances(house.pool, [walletId])).get(walletId);
  expect(state).toMatchObject({ version: 0n, balances: [{ posted: 0n, pending: 0n, held: 0n }] });
});

test('the same key answers the first result as a replay, also in another spelling of the same input', async () => {
  const asked = request({ phone: '+33 6 12 34 50 01' });
  const first = await enroll(asked);
  const replay = await enroll({ ...asked, email: asked.email?.toUpperCase(), phone: '0033612345001' });
  expect(replay).toEqual({ ...first, isReplay: true });
});

test('a replay is answered though the merchant was suspended meanwhile', async () => {
  const programId = house.merchant.addProgram(house.merchantId);
  const asked = request({ programId: toUuid(programId, 'prg') });
  const first = await enroll(asked);
  const program = house.merchant.programs.get(programId);
  if (program) program.merchantStatus = 'MERCHANT_STATUS_SUSPENDED';
  expect(await enroll(asked)).toEqual({ ...first, isReplay: true });
  await expect(enroll(request({ programId: toUuid(programId, 'prg') }))).rejects.toThrow(MerchantNotLive);
});

test('a key that was used with other input is refused, and says nothing of the first', async () => {
  const asked = request();
  await enroll(asked);
  await expect(enroll({ ...asked, givenName: 'Dominique' })).rejects.toThrow(IdempotencyKeyReused);
});

test('a refused attempt leaves the key free', async () => {
  const asked = request();
  await enroll(asked);
  const other = request({ email: asked.email });
  await expect(enroll(other)).rejects.toThrow(AlreadyEnrolled);
  expect(await enroll({ ...other, email: request().email })).toMatchObject({ isReplay: false });
});

test('the same key at another merchant is another key', async () => {
  const otherMerchant = newId('mer');
  const programId = toUuid(house.merchant.addProgram(otherMerchant), 'prg');
  const asked = request();
  const first = await enroll(asked);
  const second = await enroll({ ...asked, programId }, staffOf(otherMerchant));
  expect(second.isReplay).toBe(false);
  expect(second.consumerId).toBe(first.consumerId);
  expect(second.walletId).not.toBe(first.walletId);
});

test('a person is known by e-mail address, or else by telephone number, and what is stored of them stays', async () => {
  const [second, third] = [house.merchant.addProgram(house.merchantId), house.merchant.addProgram(house.merchantId)];
  const first = await enroll(request({ email: 'lou@example.fr', phone: '+33612345002' }));
  const byEmail = await enroll(
    request({ email: 'LOU@example.fr', phone: null, programId: toUuid(second, 'prg'), givenName: 'Louise' }),
  );
  const byPhone = await enroll(
    request({ email: 'lou.bis@example.fr', phone: '+33 6 12 34 50 02', programId: toUuid(third, 'prg') }),
  );
  expect([byEmail.consumerId, byPhone.consumerId]).toEqual([first.consumerId, first.consumerId]);
  const { rows } = await house.pool.query('SELECT given_name, email, phone FROM consumers WHERE id = $1', [
    first.consumerId,
  ]);
  expect(rows).toEqual([{ given_name: 'Camille', email: 'lou@example.fr', phone: '+33612345002' }]);
});

test('an address of one person and a number of another: the address decides, and nobody is changed', async () => {
  const programId = toUuid(house.merchant.addProgram(house.merchantId), 'prg');
  const one = await enroll(request({ email: 'one@example.fr' }));
  await enroll(request({ email: undefined, phone: '+33612345003' }));
  const mixed = await enroll(request({ email: 'one@example.fr', phone: '+33612345003', programId }));
  expect(mixed.consumerId).toBe(one.consumerId);
});

test('who has a wallet in the program is refused with its identifier', async () => {
  const asked = request();
  const { walletId } = await enroll(asked);
  const again = await settle(enroll({ ...asked, idempotencyKey: newId('evt') }));
  expect(again).toBeInstanceOf(AlreadyEnrolled);
  expect(again).toMatchObject({ walletId });
});

test('20 at once with one key make one wallet and 19 replays', async () => {
  const asked = request({ email: 'twenty-with-one-key@example.fr' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => enroll(asked)));
  expect(answers.filter(({ isReplay }) => isReplay)).toHaveLength(19);
  expect(new Set(answers.map(({ walletId }) => walletId)).size).toBe(1);
  expect(await count('consumers', 'email', 'twenty-with-one-key@example.fr')).toBe(1n);
  expect(await count('wallets', 'consumer_id', answers[0]?.consumerId ?? '')).toBe(1n);
});

test('20 at once with keys of their own for one person make one consumer and one wallet', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => settle(enroll(request({ email: 'twenty-with-twenty-keys@example.fr' })))),
  );
  const refused = answers.filter((answer) => answer instanceof AlreadyEnrolled);
  const enrolled = answers.find((answer) => !(answer instanceof Error)) as { walletId: string; consumerId: string };
  expect(refused).toHaveLength(19);
  expect(new Set(refused.map(({ walletId }) => walletId))).toEqual(new Set([enrolled.walletId]));
  expect(await count('consumers', 'email', 'twenty-with-twenty-keys@example.fr')).toBe(1n);
  expect(await count('wallets', 'consumer_id', enrolled.consumerId)).toBe(1n);
});

test('one person enrolled in 10 programs at once is one consumer with 10 wallets', async () => {
  const programs = Array.from({ length: 10 }, () => toUuid(house.merchant.addProgram(house.merchantId), 'prg'));
  const answers = await Promise.all(
    programs.map((programId, index) =>
      enroll(request({ programId, email: 'ten-programs@example.fr', phone: index % 2 ? '+33612345004' : undefined })),
    ),
  );
  expect(new Set(answers.map(({ consumerId }) => consumerId)).size).toBe(1);
  expect(await count('wallets', 'consumer_id', answers[0]?.consumerId ?? '')).toBe(10n);
});

test('an unknown program, and a program of another merchant, have one answer', async () => {
  const foreign = toUuid(house.merchant.addProgram(newId('mer')), 'prg');
  const absent = toUuid(newId('prg'), 'prg');
  const answers = await Promise.all([
    settle(enroll(request({ programId: foreign }))),
    settle(enroll(request({ programId: absent }))),
  ]);
  expect(answers[0]).toBeInstanceOf(UnknownProgram);
  expect(answers[1]).toEqual(answers[0]);
});

test('staff, partners with the scope and platform operators may enroll, and nobody else', async () => {
  const { merchantId } = house;
  for (const caller of [
    staffOf(merchantId, 'owner'),
    staffOf(merchantId, 'manager'),
    partnerOf(merchantId, 'wallets:enroll'),
    platformOperator,
  ]) {
    expect(await enroll(request(), caller)).toMatchObject({ isReplay: false });
  }
  for (const caller of [
    nobody,
    consumer(newId('con')),
    partnerOf(merchantId, 'points:earn'),
    partnerOf(newId('mer'), 'wallets:enroll'),
  ]) {
    await expect(enroll(request(), caller)).rejects.toThrow(UnknownProgram);
  }
});

test('a person without a usable contact is refused before anything is asked or stored', async () => {
  await expect(enroll(request({ email: undefined }))).rejects.toThrow(InvalidContact);
  expect(house.ledger.openCalls).toBe(0);
});

test('when the answer of the ledger is lost, nothing is written, and the same key finishes what was begun', async () => {
  const asked = request();
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the connection broke after the commit'));
  await expect(enroll(asked)).rejects.toThrow(RpcFailed);
  const begun = [...house.ledger.holders.keys()].at(-1) ?? '';
  expect(await count('wallets', 'id', toUuid(begun, 'wal'))).toBe(0n);

  house.ledger.beforeAnswer = () => undefined;
  expect(await enroll(asked)).toMatchObject({ walletId: toUuid(begun, 'wal') });
  expect(await count('wallets', 'id', toUuid(begun, 'wal'))).toBe(1n);
});

test('an enrollment that stayed open is finished by the next one for the same person, whatever its key', async () => {
  const asked = request();
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the process was killed here'));
  await expect(enroll(asked)).rejects.toThrow(RpcFailed);
  const begun = [...house.ledger.holders.keys()].at(-1) ?? '';
  house.ledger.beforeAnswer = () => undefined;
  const answer = await settle(enroll({ ...asked, idempotencyKey: newId('evt') }));
  expect(answer).toMatchObject({ walletId: toUuid(begun, 'wal') });
  expect(await count('wallets', 'id', toUuid(begun, 'wal'))).toBe(1n);
});

test('the finisher completes what stayed open once its time has come, and puts off what fails again', async () => {
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the process was killed here'));
  const asked = request();
  await expect(enroll(asked)).rejects.toThrow(RpcFailed);
  const walletId = toUuid([...house.ledger.holders.keys()].at(-1) ?? '', 'wal');
  const isDue = () =>
    house.pool.query(`UPDATE enrollment_intents SET next_attempt_at = '-infinity' WHERE wallet_id = $1`, [walletId]);

  expect(await finishOpenEnrollments(house)).toEqual({ finished: 0, failures: [] });
  await isDue();
  expect(await finishOpenEnrollments(house)).toMatchObject({ finished: 0, failures: [expect.any(RpcFailed)] });
  expect(await finishOpenEnrollments(house)).toEqual({ finished: 0, failures: [] });

  house.ledger.beforeAnswer = () => undefined;
  await isDue();
  expect(await finishOpenEnrollments(house)).toEqual({ finished: 1, failures: [] });
  expect(await count('wallets', 'id', walletId)).toBe(1n);
  expect(await enroll(asked)).toMatchObject({ walletId, isReplay: true });
  await isDue();
  expect(await finishOpenEnrollments(house)).toEqual({ finished: 0, failures: [] });
});

test('points that were posted before the wallet had its row are not overwritten by finishing', async () => {
  const asked = request();
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the process was killed here'));
  await expect(enroll(asked)).rejects.toThrow(RpcFailed);
  const holderId = [...house.ledger.holders.keys()].at(-1) ?? '';
  house.ledger.beforeAnswer = () => undefined;
  house.ledger.post(holderId, 40n);
  const { walletId } = await enroll(asked);
  expect((await loadBalances(house.pool, [walletId])).get(walletId)).toMatchObject({
    version: 1n,
    balances: [{ posted: 40n }],
  });
});
