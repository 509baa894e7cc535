import { describe, expect, test } from 'vitest';
import { murmur2, partitionOf } from './partition-of.ts';

describe('partitions', () => {
  // The values of Kafka's own test of its hash.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hash %j as Kafka does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  test('stay within their number, and are evenly used', () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 8_000; n += 1) {
      const partition = partitionOf(`wal_${n}`, 8);
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
