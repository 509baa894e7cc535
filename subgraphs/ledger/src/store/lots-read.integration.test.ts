import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, refunding } from '../../test/requests.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { runBatch } from './run-batch.ts';

const dayMs = 86_400_000;
/** More than a batch reads at first, by far. */
const lotCount = 300;

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

/** A wallet with lots of one point, the newest of which ends first. */
async function openWalletOfManyLots(): Promise<string> {
  const { holderId } = await house.openWallet(await house.addMerchant());
  const earnings = Array.from({ length: lotCount }, (_, index) => {
    return house.earning(holderId, 1n, { period: { expiresAt: new Date(Date.now() + (1_000 - index) * dayMs) } });
  });
  await house.run(await Promise.all(earnings));
  return holderId;
}

async function burn(holderId: string, points: bigint): Promise<OperationRequest> {
  return house.earning(holderId, 1n, burning(await house.holder(holderId), points));
}

/** The lots that still have value, in the order that they end: by how many points each has left. */
async function leftIn(holderId: string): Promise<bigint[]> {
  const { rows } = await house.pool.query<{ available: bigint }>(
    'SELECT available FROM lot WHERE holder_id = $1 ORDER BY expires_at',
    [holderId],
  );
  return rows.map(({ available }) => available);
}

test.each([[[3, 5]], [[1, 16, 1]], [[2, 20, 40]], [[290, 9]]])(
  'spendings of %j in one batch take the lots that end soonest, however many that is',
  async (amounts) => {
    const holderId = await openWalletOfManyLots();
    const outcomes = await house.run(await Promise.all(amounts.map((amount) => burn(holderId, BigInt(amount)))));
    expect(outcomes.map(({ status }) => status)).toEqual(amounts.map(() => 'DONE'));
    const spent = amounts.reduce((sum, amount) => sum + amount);
    expect(await leftIn(holderId)).toEqual(Array.from({ length: lotCount }, (_, index) => (index < spent ? 0n : 1n)));
  },
);

test('a spending asks for lots once, unless it needs more than were read', async () => {
  const holderId = await openWalletOfManyLots();
  const asked: string[] = [];
  const connect = async () => {
    const client = await house.pool.connect();
    const query = (statement: string | { name?: string }) => {
      if (typeof statement !== 'string') asked.push(statement.name ?? '');
      return client.query(statement as never);
    };
    return { query, release: () => client.release() };
  };
  const run = async (points: bigint) => {
    asked.length = 0;
    await runBatch({ ...house.batch, pool: { connect } as never }, [await burn(holderId, points)]);
    return asked;
  };
  expect(await run(1n)).toEqual(['lock_batch', 'write_batch']);
  expect(await run(15n)).toEqual(['lock_batch', 'write_batch']);
  expect(await run(17n)).toEqual(['lock_batch', 'spendable_lots', 'write_batch']);
});

test('a spending that is refused, and one that is given back, leave the order to those after them', async () => {
  const holderId = await openWalletOfManyLots();
  const first = await burn(holderId, 4n);
  await house.run([first]);
  const batch = [
    await burn(holderId, 1_000n),
    await burn(holderId, 2n),
    { ...(await house.earning(holderId, 1n)), ...refunding(first.transactionId) },
    await burn(holderId, 5n),
  ];
  const outcomes = await house.run(batch);
  expect(outcomes.map(({ status }) => status)).toEqual(['INSUFFICIENT', 'DONE', 'DONE', 'DONE']);
  // Lots 5 and 6 were spent, 1 to 4 came back, and those and 7 were spent then.
  expect(await leftIn(holderId)).toEqual(Array.from({ length: lotCount }, (_, index) => (index < 7 ? 0n : 1n)));
});
