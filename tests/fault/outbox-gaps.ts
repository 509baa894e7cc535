import { setTimeout as delay } from 'node:timers/promises';
import { createOutboxPublisher } from '@localplus/outbox';
import { createOutboxSchema, type OutboxSchema, testTopic } from '@localplus/outbox/testing';
import { expect, test, vi } from 'vitest';
import { type BusAddress, openBus, quietLogger } from './open-bus.ts';
import { seed, seededRandom, sized } from './proof-plan.ts';
import { recordProof } from './reliability-report.ts';

const writers = 12;
const rowsInAll = sized({ smoke: 2_400, full: 26_000 });
const aggregates = 200;
/** The longest that a transaction with its row drawn waits before it commits: those behind it overtake. */
const commitDelayMaxMs = 8;
const drainLimitMs = 30_000;
const testLimitMs = sized({ smoke: 60_000, full: 600_000 });

/** R2: whatever the order of the commits, the outbox misses no row, and keeps the order of each aggregate. */
export function proveNoGaps(where: string, addressOf: (outbox: OutboxSchema) => BusAddress): void {
  test(`R2, ${where}: no row is missed and none comes out of order, whatever the order of the commits; a high-water mark does miss rows`, {
    timeout: testLimitMs,
  }, async () => {
    const outbox = await createOutboxSchema();
    const bus = await openBus(addressOf(outbox));
    const publisher = createOutboxPublisher({ ...outbox, bus, logger: quietLogger() });
    try {
      const arrived = new Map<string, number[]>();
      await bus.consumeAsEveryReplica({
        topics: [testTopic],
        startFrom: 'earliest',
        handler: async ({ events }) => {
          for (const { key, headers } of events) {
            arrived.set(key, [...(arrived.get(key) ?? []), Number(headers.aggregateversion)]);
          }
        },
      });
      const stopNaive = new AbortController();
      const seenByNaive = countByHighWaterMark(outbox, stopNaive.signal);
      const startedAt = performance.now();
      await commitFromManyWriters(outbox, () => publisher.wake());
      const committedPerSecond = Math.round((rowsInAll * 1_000) / (performance.now() - startedAt));

      const arrivals = () => [...arrived.values()].reduce((sum, { length }) => sum + length, 0);
      await vi.waitFor(() => expect(arrivals()).toBe(rowsInAll), { timeout: drainLimitMs, interval: 50 });
      const { rows } = await outbox.pool.query<{ id: string; version: bigint }>('select id, version from aggregates');
      expect(arrived.size).toBe(rows.length);
      // Each version once, and in order.
      for (const { id, version } of rows) {
        expect(arrived.get(id)).toEqual(Array.from({ length: Number(version) }, (_, n) => n + 1));
      }
      stopNaive.abort();
      const missedByNaive = rowsInAll - (await seenByNaive);
      expect(missedByNaive).toBeGreaterThan(0);
      recordProof({
        id: `R2 ${where}`,
        promise:
          'The publisher misses no committed row and keeps the order of each aggregate, whatever order commits come in',
        size: `${writers} writers, ${rowsInAll} rows, each commit delayed by up to ${commitDelayMaxMs} ms`,
        result: `0 missed, 0 out of order, 0 twice, at ${committedPerSecond} commits/s; a publisher with a high-water mark missed ${missedByNaive}`,
        seed,
        command: 'pnpm test:fault -- R2',
      });
    } finally {
      await publisher.close();
      await bus.close();
      await outbox.close();
    }
  });
}

async function commitFromManyWriters(outbox: OutboxSchema, afterCommit: () => void): Promise<void> {
  const random = seededRandom(seed);
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = writer; n < rowsInAll; n += writers) {
        const aggregate = `aggregate-${Math.floor(random() * aggregates)}`;
        await outbox.change(aggregate, () => delay(random() * commitDelayMaxMs));
        afterCommit();
      }
    }),
  );
}

/** What one must not do: remember the highest position, and read on from there. Returns how many rows it saw. */
async function countByHighWaterMark({ pool }: OutboxSchema, signal: AbortSignal): Promise<number> {
  let seen = 0;
  let highWaterMark = 0n;
  while (!signal.aborted) {
    const { rows } = await pool.query<{ position: bigint }>(
      'select position from outbox where position > $1 order by position',
      [highWaterMark],
    );
    seen += rows.length;
    highWaterMark = rows.at(-1)?.position ?? highWaterMark;
    await delay(1);
  }
  return seen;
}
