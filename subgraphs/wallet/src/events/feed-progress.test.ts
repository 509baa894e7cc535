import { createLogger } from '@localplus/logging';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FeedPosition } from '../store/feed-position-rows.ts';
import { FeedProgress } from './feed-progress.ts';

const logger = createLogger('wallet-test', { write: () => undefined });
let stored: FeedPosition[][] = [];
let failure: Error | undefined;
const store = async (positions: readonly FeedPosition[]) => {
  if (failure) throw failure;
  stored.push([...positions]);
};

beforeEach(() => {
  vi.useFakeTimers();
  stored = [];
  failure = undefined;
});
afterEach(() => {
  vi.useRealTimers();
});

test('many batches are one note, of how far each partition came', async () => {
  const progress = new FeedProgress({ store, logger });
  for (let offset = 1n; offset <= 50n; offset += 1n) progress.reached({ partition: Number(offset % 2n), offset });
  await vi.advanceTimersByTimeAsync(5_000);
  const reached = [
    { partition: 1, offset: 49n },
    { partition: 0, offset: 50n },
  ];
  expect(stored).toEqual([reached]);
  await progress.stop();
  expect(stored).toEqual([reached]);
});

test('what was reached is noted at the end', async () => {
  const progress = new FeedProgress({ store, logger });
  progress.reached({ partition: 7, offset: 12n });
  await progress.stop();
  expect(stored).toEqual([[{ partition: 7, offset: 12n }]]);
});

test('a note that fails is made again, with what was reached since', async () => {
  const progress = new FeedProgress({ store, logger });
  failure = new Error('the database is away');
  progress.reached({ partition: 1, offset: 5n });
  progress.reached({ partition: 2, offset: 5n });
  await vi.advanceTimersByTimeAsync(1_000);
  progress.reached({ partition: 2, offset: 6n });
  failure = undefined;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stored).toEqual([
    [
      { partition: 1, offset: 5n },
      { partition: 2, offset: 6n },
    ],
  ]);
  await progress.stop();
});
