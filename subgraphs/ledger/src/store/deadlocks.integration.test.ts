import { createPool, sqlState, withRetry } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberFrom, seed, seededRandom, sized } from '../../../../tests/fault/proof-plan.ts';
import { recordProof } from '../../../../tests/fault/reliability-report.ts';
import { findFaults } from '../../test/invariants.ts';
import { type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, transferring } from '../../test/requests.ts';
import { Overloaded, Unavailable } from '../domain/failures.ts';
import type { Holder } from '../domain/holder.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { PostingWriter, writerSlots } from './posting-writer.ts';

const connections = 64;
const wallets = 10;
/** As many ledgers on one database, with their own connections, beside those that run each batch by itself. */
const writers = 4;
const requestsPerWriter = 16;
const seconds = numberFrom('LOCALPLUS_FAULT_SECONDS', sized({ smoke: 4, full: 60 }));
const millisecondsPerSecond = 1_000;
/** A lock that was not given in time, or a statement that was cut off. A circle would be 40P01. */
const waitedTooLong = new Set(['55P03', '57014']);
/** Beyond the run: batches that wait for locks and are tried again. */
const graceMs = 60_000;

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase(), { connectionsMax: connections });
});

afterAll(() => house.close());

async function countDeadlocks(): Promise<bigint> {
  const { rows } = await house.pool.query<{ deadlocks: bigint }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]?.deadlocks ?? 0n;
}

test('R6: random pairs among ten holders, from 64 connections and four writers, meet no deadlock and lose no point', {
  timeout: seconds * millisecondsPerSecond + graceMs,
}, async () => {
  const merchant = await house.addMerchant();
  const opened = await Promise.all(Array.from({ length: wallets }, () => house.openWallet(merchant, 1_000n)));
  const holders = await Promise.all(opened.map(({ holderId }) => house.holder(holderId)));
  const random = seededRandom(seed);
  const pick = (): Holder => holders[Math.floor(random() * holders.length)] ?? pick();
  /** What one holder and another do with each other: a gift, or an earning and a spending. */
  const pair = async (): Promise<OperationRequest[]> => {
    const [from, to] = [pick(), pick()];
    if (from.id === to.id || random() < 1 / 2) {
      return Promise.all([house.earning(from.id, 1n), house.earning(to.id, 1n, burning(to, 1n))]);
    }
    return [await house.earning(from.id, 1n, transferring(from, to, 1n))];
  };

  let sentAway = 0;
  const until = performance.now() + seconds * millisecondsPerSecond;
  const repeat = async (work: (requests: OperationRequest[]) => Promise<unknown>) => {
    let posted = 0;
    while (performance.now() < until) {
      const requests = await pair();
      posted += await work(requests).then(
        () => requests.length,
        (error: unknown) => {
          // Who waits for too long among so many is sent away, with nothing posted: that is no circle.
          const isSentAway = error instanceof Overloaded || error instanceof Unavailable;
          if (!isSentAway && !waitedTooLong.has(sqlState(error) ?? '')) throw error;
          sentAway += 1;
          return 0;
        },
      );
    }
    return posted;
  };
  const pools = Array.from({ length: writers }, () =>
    createPool({
      connectionString: house.database.connectionString('ledger'),
      name: 'another ledger',
      max: writerSlots,
      isPipelined: true,
    }),
  );
  const before = await countDeadlocks();
  const counts = await Promise.all([
    ...Array.from({ length: connections }, () => repeat((requests) => withRetry(() => house.run(requests)))),
    ...pools.flatMap((pool) => {
      const batch = { ...house.batch, pool };
      const writer = new PostingWriter({ batch, wakeOutbox: () => undefined, tellWallet: async () => 'CURRENT' });
      return Array.from({ length: requestsPerWriter }, () =>
        repeat((requests) => writer.postAll(requests, { isAtomic: false })),
      );
    }),
  ]);
  await Promise.all(pools.map((pool) => pool.end()));
  const posted = counts.reduce((sum, count) => sum + count, 0);

  expect(posted).toBeGreaterThan(100);
  expect(await countDeadlocks()).toBe(before);
  expect(await findFaults(house.pool)).toEqual([]);
  recordProof({
    id: 'R6',
    promise: 'Batches lock in one order: whatever they name together, none waits for another in a circle',
    size: `${seconds} s of random pairs among ${wallets} holders from ${connections} connections and ${writers} writers, ${posted} commands`,
    result: `0 deadlocks, 0 invariants broken, ${sentAway} sent away for having waited too long`,
    seed,
    command: 'pnpm test:fault -- R6',
  });
});
