import { expect, test } from 'vitest';
import { SocketCounts } from './socket-counts.ts';

test('nobody holds more than their places, and a place that is left is free', () => {
  const counts = new SocketCounts();
  expect([counts.enter('a', 2), counts.enter('a', 2), counts.enter('a', 2), counts.enter('b', 2)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  counts.leave('a');
  expect(counts.enter('a', 2)).toBe(true);
});
