import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../stored-record.ts';
import { PREFETCH_RECORDS_MAX } from './limits.ts';
import { PartitionLane } from './partition-lane.ts';

describe('the lane of a partition to its handler', () => {
  test('hands over batches one after another, in order, none larger than asked', async () => {
    const batches: bigint[][] = [];
    const lane = laneOf(async (records) => {
      batches.push(records.map(({ offset }) => offset));
      return records.length;
    });
    lane.take(recordsOf(0, 5), 5n);
    lane.take(recordsOf(5, 8), 8n);
    await until(() => lane.position === 8n);
    expect(batches).toEqual([
      [0n, 1n, 2n],
      [3n, 4n, 5n],
      [6n, 7n],
    ]);
  });

  test('stands, after records that were removed from the log, where the fetch ended', async () => {
    const lane = laneOf(async (records) => records.length);
    lane.take([recordAt(2)], 9n);
    await until(() => lane.position === 9n);
    expect(lane.fetchPosition).toBe(9n);
  });

  test('awaits the running batch when it is stopped, and begins no other', async () => {
    const held = Promise.withResolvers<void>();
    let calls = 0;
    const lane = laneOf(async (records) => {
      calls += 1;
      await held.promise;
      return records.length;
    });
    lane.take(recordsOf(0, 5), 5n);
    const stopped = lane.stop();
    held.resolve();
    await stopped;
    expect([calls, lane.position]).toEqual([1, 3n]);
  });

  test('says when it is full, and calls back when there is room', async () => {
    const held = Promise.withResolvers<void>();
    const lane = laneOf(async (records) => {
      await held.promise;
      return records.length;
    });
    lane.take(recordsOf(0, PREFETCH_RECORDS_MAX), BigInt(PREFETCH_RECORDS_MAX));
    expect(await lane.hasRoomWithin(1)).toBe(false);
    let hasResumed = false;
    lane.whenRoom(() => {
      hasResumed = true;
    });
    expect(hasResumed).toBe(false);
    held.resolve();
    await until(() => hasResumed);
  });
});

function laneOf(handle: (records: readonly StoredRecord[], signal: AbortSignal) => Promise<number>): PartitionLane {
  return new PartitionLane({
    topic: 'topic',
    partition: 0,
    position: 0n,
    batchSizeMax: 3,
    isPaused: () => false,
    handle,
  });
}

function recordsOf(from: number, end: number): StoredRecord[] {
  return Array.from({ length: end - from }, (_, n) => recordAt(from + n));
}

function recordAt(offset: number): StoredRecord {
  return {
    topic: 'topic',
    partition: 0,
    offset: BigInt(offset),
    key: 'key',
    value: '{}',
    headers: {},
    time: new Date(0),
  };
}

/** Gives everything else its turn until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns += 1) {
    if (turns > 1_000) throw new Error('it never became so');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
