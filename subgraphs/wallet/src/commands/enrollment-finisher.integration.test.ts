import { newId } from '@localplus/identifiers';
import { createLogger } from '@localplus/logging';
import { RpcFailed } from '@localplus/rpc';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { staffOf } from '../../test/callers.ts';
import { type CommandHouse, openCommandHouse } from '../../test/command-house.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { enrollConsumer } from './enroll-consumer.ts';
import { EnrollmentFinisher } from './enrollment-finisher.ts';

const intervalMs = 10;
let database: TestDatabase;
let house: CommandHouse;
const logged: string[] = [];
const logger = createLogger('wallet-test', { write: (line: string) => void logged.push(line) });

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openCommandHouse(database.connectionString('wallet'));
});
afterAll(async () => {
  await house.close();
  await database.drop();
});

const wasLogged = (text: string) => () => logged.some((line) => line.includes(text));
const walletCount = async () =>
  (await house.pool.query<{ count: bigint }>('SELECT count(*) FROM wallets')).rows[0]?.count;
const makeDue = () => house.pool.query(`UPDATE enrollment_intents SET next_attempt_at = '-infinity'`);

test('an enrollment that was left open is finished without its client, as soon as the ledger answers', async () => {
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the ledger is away'));
  const person = { givenName: 'Camille', email: 'camille@example.fr', locale: 'fr-FR' };
  const asked = { ...person, idempotencyKey: newId('evt'), programId: house.programId };
  await expect(enrollConsumer(house, staffOf(house.merchantId), asked)).rejects.toThrow(RpcFailed);

  const finisher = new EnrollmentFinisher(house, logger, intervalMs);
  await makeDue();
  await waitUntil(wasLogged('an enrollment stays open'), 'the ledger has failed again');
  house.ledger.beforeAnswer = () => undefined;
  await makeDue();
  await waitUntil(async () => (await walletCount()) === 1n, 'the wallet is there');
  await waitUntil(wasLogged('open enrollments were finished'), 'it was logged');
  await finisher.stop();
  expect(logged.join('')).not.toMatch(/camille/i);
});

test('a database that does not answer stops no later round, and a stopped finisher does nothing more', async () => {
  const brokenPool = Object.assign(Object.create(house.pool), {
    query: () => Promise.reject(new Error('no database')),
  });
  vi.useFakeTimers();
  const finisher = new EnrollmentFinisher({ ...house, pool: brokenPool }, logger, intervalMs);
  const failures = () => logged.filter((line) => line.includes('could not be looked for')).length;
  await vi.advanceTimersByTimeAsync(2 * intervalMs);
  expect(failures()).toBe(2);
  await finisher.stop();
  await vi.advanceTimersByTimeAsync(10 * intervalMs);
  expect(failures()).toBe(2);
  vi.useRealTimers();
});
