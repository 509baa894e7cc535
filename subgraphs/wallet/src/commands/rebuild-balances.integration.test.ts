import { fromUuid, newId } from '@localplus/identifiers';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { staffOf } from '../../test/callers.ts';
import { type CommandHouse, openCommandHouse } from '../../test/command-house.ts';
import { readBalanceChange } from '../grpc/balance-messages.ts';
import { loadBalances, storeBalances } from '../store/balance-rows.ts';
import { enrollConsumer } from './enroll-consumer.ts';
import { rebuildBalances } from './rebuild-balances.ts';

let database: TestDatabase;
let house: CommandHouse;
let walletIds: string[];
const rebuild = (mode: 'check' | 'repair') =>
  rebuildBalances({ pool: house.pool, listChanges: house.ledgerClient.listChanges }, mode);

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openCommandHouse(database.connectionString('wallet'));
  walletIds = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const person = { givenName: 'A', email: `a${index}@example.fr`, locale: 'fr' };
      const asked = { ...person, idempotencyKey: newId('evt'), programId: house.programId };
      return (await enrollConsumer(house, staffOf(house.merchantId), asked)).walletId;
    }),
  );
});
afterAll(async () => {
  await house.close();
  await database.drop();
});

/** The wallet's own role may not delete: what is lost here is lost by somebody else's hand. */
const admin = (statement: string, ...parameters: unknown[]) =>
  withAdminConnection(database.adminConnectionString, (client) => client.query(statement, parameters));

test("balances that are the ledger's are no difference", async () => {
  expect(await rebuild('check')).toEqual({ compared: 20, differences: [], repaired: 0 });
});

test('a balance that is behind, wrong, ahead or lost is found, and put right only when asked to', async () => {
  const [behind, wrong, ahead, lost] = walletIds as [string, string, string, string];
  for (const walletId of [behind, wrong, ahead, lost]) {
    const change = readBalanceChange(house.ledger.post(fromUuid('wal', walletId), 100n));
    if (walletId !== behind) await storeBalances(house.pool, [change]);
  }
  await admin(
    `UPDATE wallet.balances SET balances = jsonb_set(balances, '{0,posted}', '"101"') WHERE holder_id = $1`,
    wrong,
  );
  await admin('UPDATE wallet.balances SET version = 9 WHERE holder_id = $1', ahead);
  await admin('DELETE FROM wallet.balances WHERE holder_id = $1', lost);

  const found = await rebuild('check');
  expect(found).toMatchObject({ compared: 20, repaired: 0 });
  expect(new Set(found.differences.map(({ walletId }) => walletId))).toEqual(new Set([behind, wrong, ahead, lost]));

  expect(await rebuild('repair')).toMatchObject({ repaired: 4 });
  expect(await rebuild('check')).toMatchObject({ differences: [] });
  const repaired = await loadBalances(house.pool, [behind, wrong, ahead, lost]);
  for (const state of repaired.values()) {
    expect(state).toMatchObject({ version: 1n, balances: [{ posted: 100n }], occurredAt: new Date(1_760_000_001_000) });
  }
});

test('the whole table can be rebuilt from the ledger', async () => {
  const before = await loadBalances(house.pool, walletIds);
  await admin('TRUNCATE wallet.balances');
  expect(await rebuild('repair')).toMatchObject({ compared: 20, repaired: 20 });
  const after = await loadBalances(house.pool, walletIds);
  for (const [walletId, { version, balances }] of before)
    expect(after.get(walletId)).toMatchObject({ version, balances });
});
