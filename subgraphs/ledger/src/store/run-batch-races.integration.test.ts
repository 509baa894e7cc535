import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, newKey, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, reversing } from '../../test/requests.ts';
import type { Decision } from '../domain/engine/decide.ts';
import type { OperationRequest } from '../domain/operation.ts';

let house: LedgerHouse;
let merchant: HouseMerchant;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase(), { connectionsMax: 32 });
});

beforeEach(async () => {
  merchant = await house.addMerchant();
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

/** Many processes at once: each request is a batch of its own, on a connection of its own. */
async function postApart(requests: readonly OperationRequest[]): Promise<Decision[]> {
  return (await Promise.all(requests.map((request) => house.run([request])))).flat();
}

function countOf(outcomes: readonly Decision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function transactionOf(outcome: Decision): string | undefined {
  if (outcome.status === 'DONE') return outcome.transactions[0]?.id;
  return outcome.status === 'REPLAYED' ? outcome.transactionIds[0] : undefined;
}

describe.each([
  ['each in a batch of its own', postApart],
  [
    'through the writer',
    (requests: readonly OperationRequest[]) => Promise.all(requests.map((r) => house.writer.post(r))),
  ],
])('%s', (_name, post) => {
  test('of 100 burns at once on a balance that covers 50 exactly 50 are posted', async () => {
    const { holderId } = await house.openWallet(merchant, 350n);
    const holder = await house.holder(holderId);
    const burns = await Promise.all(
      Array.from({ length: 100 }, () => house.earning(holderId, 1n, burning(holder, 7n))),
    );
    const outcomes = await post(burns);
    expect(countOf(outcomes)).toEqual({ DONE: 50, INSUFFICIENT: 50 });
    expect(outcomes.filter((o) => o.status === 'INSUFFICIENT').every(({ available }) => available < 7n)).toBe(true);
    expect(await house.stateOf(holderId)).toMatchObject({ version: 51n, available: 0n });
  });

  test('50 requests at once under one key make one transaction and 49 replays of it', async () => {
    const { holderId } = await house.openWallet(merchant);
    const key = newKey();
    const outcomes = await post(
      await Promise.all(Array.from({ length: 50 }, () => house.earning(holderId, 5n, { key }))),
    );
    expect(countOf(outcomes)).toEqual({ DONE: 1, REPLAYED: 49 });
    expect(new Set(outcomes.map(transactionOf))).toHaveProperty('size', 1);
    expect(await house.stateOf(holderId)).toMatchObject({ version: 1n, available: 5n });
  });

  test('of 20 reversals of one transaction at once one wins', async () => {
    const { holderId } = await house.openWallet(merchant);
    const earned = await house.earning(holderId, 9n);
    await house.run([earned]);
    const undo = reversing(earned.transactionId);
    const outcomes = await post(await Promise.all(Array.from({ length: 20 }, () => house.earning(holderId, 1n, undo))));
    expect(countOf(outcomes)).toEqual({ DONE: 1, ALREADY_REVERSED: 19 });
  });

  test('20 gifts of 100 points at once under keys of their own add up', async () => {
    const { holderId } = await house.openWallet(merchant);
    const outcomes = await post(await Promise.all(Array.from({ length: 20 }, () => house.earning(holderId, 100n))));
    const versions = outcomes
      .map((o) => (o.status === 'DONE' ? (o.transactions[0]?.holderVersion ?? 0n) : 0n))
      .sort((a, b) => Number(a - b));
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => BigInt(index + 1)));
    expect(await house.stateOf(holderId)).toMatchObject({ version: 20n, available: 2_000n });
  });
});

test('batches that name the same holders in opposite order never wait for each other in a circle', async () => {
  const wallets = await Promise.all(Array.from({ length: 12 }, () => house.openWallet(merchant, 1_000n)));
  const batches = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const inOrder = index % 2 === 0 ? wallets : wallets.toReversed();
      return Promise.all(
        inOrder.map(async ({ holderId }, position) => {
          const spend = burning(await house.holder(holderId), 1n);
          return house.earning(holderId, 1n, (index + position) % 3 === 0 ? spend : {});
        }),
      );
    }),
  );
  const outcomes = (await Promise.all(batches.map((batch) => house.run(batch)))).flat();
  expect(countOf(outcomes)).toEqual({ DONE: 480 });
});

test('batches that bring the same keys for different holders in opposite order end with one winner for each key', async () => {
  const [left, right] = [await house.openWallet(merchant), await house.openWallet(merchant)];
  for (let round = 0; round < 10; round += 1) {
    const keys = Array.from({ length: 8 }, newKey);
    const batchOf = (holderId: string, inOrder: readonly string[], input: number) =>
      Promise.all(inOrder.map((key) => house.earning(holderId, 1n, { key, inputHash: Buffer.alloc(32, input) })));
    const batches = [await batchOf(left.holderId, keys, 1), await batchOf(right.holderId, keys.toReversed(), 2)];
    const outcomes = await Promise.all(batches.flat().map((request) => house.writer.post(request)));
    expect(countOf(outcomes)).toEqual({ DONE: 8, KEY_REUSED: 8 });
  }
});

test('two processes that bring the same keys for different holders: the one that comes second is told by the unique key', async () => {
  const [left, right] = [await house.openWallet(merchant), await house.openWallet(merchant)];
  const keys = Array.from({ length: 16 }, newKey);
  const batchOf = (holderId: string, inOrder: readonly string[]) =>
    Promise.all(inOrder.map((key) => house.earning(holderId, 1n, { key })));
  const batches = [await batchOf(left.holderId, keys), await batchOf(right.holderId, keys.toReversed())];
  const results = await Promise.allSettled(batches.map((batch) => house.run(batch)));
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.constraint] : []));
  expect(reasons.every((constraint) => constraint === 'idempotency_pkey')).toBe(true);
  expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
});
