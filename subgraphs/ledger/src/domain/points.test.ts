import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestPurchaseFor, pointsFor, smallestEarningPurchase } from './points.ts';

const amount = fc.bigInt({ min: 1n, max: 100_000_000n });
const terms = fc.record({
  points: fc.bigInt({ min: 1n, max: 10_000n }),
  perAmountMinor: fc.bigInt({ min: 1n, max: 1_000_000n }),
  rounding: fc.constantFrom('DOWN' as const, 'HALF_UP' as const, 'UP' as const),
  minimumPurchaseMinor: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 1_000_000n })),
});

describe('points of a purchase', () => {
  test.each([
    ['DOWN', 199n, 1n],
    ['DOWN', 99n, 0n],
    ['HALF_UP', 149n, 1n],
    ['HALF_UP', 150n, 2n],
    ['UP', 101n, 2n],
    ['UP', 100n, 1n],
  ] as const)('rounded %s: %i cents at a point a euro earn %i', (rounding, amountMinor, points) => {
    expect(pointsFor({ points: 1n, perAmountMinor: 100n, rounding, minimumPurchaseMinor: 0n }, amountMinor)).toBe(
      points,
    );
  });

  test('are less than one away from the exact quotient, on the side that the rounding says', () => {
    fc.assert(
      fc.property(terms, amount, (it, amountMinor) => {
        const earned = pointsFor({ ...it, minimumPurchaseMinor: 0n }, amountMinor);
        const excess = earned * it.perAmountMinor - it.points * amountMinor;
        const limit = it.perAmountMinor;
        if (it.rounding === 'DOWN') expect(excess <= 0n && excess > -limit).toBe(true);
        if (it.rounding === 'UP') expect(excess >= 0n && excess < limit).toBe(true);
        if (it.rounding === 'HALF_UP') expect(2n * excess <= limit && 2n * excess > -limit).toBe(true);
      }),
    );
  });

  test('never shrink when the purchase grows', () => {
    fc.assert(
      fc.property(terms, amount, amount, (it, left, right) => {
        const [less, more] = left < right ? [left, right] : [right, left];
        expect(pointsFor(it, less) <= pointsFor(it, more)).toBe(true);
      }),
    );
  });

  test('are none below the minimum purchase', () => {
    const it = { points: 1n, perAmountMinor: 100n, rounding: 'UP' as const, minimumPurchaseMinor: 500n };
    expect([pointsFor(it, 499n), pointsFor(it, 500n)]).toEqual([0n, 5n]);
  });
});

test('the smallest earning purchase earns a point, and a cent less earns none', () => {
  fc.assert(
    fc.property(terms, (it) => {
      const smallest = smallestEarningPurchase(it);
      expect(pointsFor(it, smallest) >= 1n).toBe(true);
      expect(pointsFor(it, smallest - 1n)).toBe(0n);
    }),
  );
});

test('the largest purchase for a number of points never earns more', () => {
  fc.assert(
    fc.property(terms, fc.bigInt({ min: 1n, max: 1_000_000_000n }), (it, pointsMax) => {
      const largest = largestPurchaseFor(it, pointsMax);
      expect(pointsFor({ ...it, minimumPurchaseMinor: 0n }, largest) <= pointsMax).toBe(true);
    }),
  );
});
