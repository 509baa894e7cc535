import type { ProgramVersion, Rounding } from './program.ts';

type Terms = Pick<ProgramVersion, 'points' | 'perAmountMinor' | 'rounding' | 'minimumPurchaseMinor'>;

/** Divides two amounts, the divisor above zero and the dividend not below. */
function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case 'DOWN':
      return dividend / divisor;
    case 'HALF_UP':
      return (2n * dividend + divisor) / (2n * divisor);
    case 'UP':
      return (dividend + divisor - 1n) / divisor;
  }
}

/**
 * Points that a purchase earns: points × amount / perAmountMinor, rounded as the terms say; 0 below the minimum purchase.
 * @param amountMinor the purchase in minor units of the program's currency, not negative
 */
export function pointsFor(terms: Terms, amountMinor: bigint): bigint {
  if (amountMinor < terms.minimumPurchaseMinor) return 0n;
  return divide(terms.points * amountMinor, terms.perAmountMinor, terms.rounding);
}

/** The smallest purchase, in minor units, that earns at least one point. */
export function smallestEarningPurchase({ points, perAmountMinor, rounding, minimumPurchaseMinor }: Terms): bigint {
  const smallest = {
    DOWN: () => divide(perAmountMinor, points, 'UP'),
    HALF_UP: () => divide(perAmountMinor, 2n * points, 'UP'),
    UP: () => 1n,
  }[rounding]();
  return smallest > minimumPurchaseMinor ? smallest : minimumPurchaseMinor;
}

/** The largest purchase, in minor units, that earns no more than so many points. */
export function largestPurchaseFor({ points, perAmountMinor }: Terms, pointsMax: bigint): bigint {
  // Rounded down, so that it holds whatever becomes of the fraction of a point.
  return (pointsMax * perAmountMinor) / points;
}
