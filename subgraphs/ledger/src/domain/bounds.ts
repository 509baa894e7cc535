/** Bounds of an amount, both included. */
export interface Bounds {
  minimum: bigint;
  maximum: bigint;
}

/** Minor units of a purchase: a million euros is more than any till of a local merchant takes at once. */
export const purchaseBounds: Bounds = { minimum: 1n, maximum: 100_000_000n };

/** Points of one transaction: nine digits are still read without a mistake, and a billion transactions fit an account. */
export const pointsBounds: Bounds = { minimum: 1n, maximum: 1_000_000_000n };

/** Whether an amount lies within bounds. */
export function isWithin(bounds: Bounds, amount: bigint): boolean {
  return amount >= bounds.minimum && amount <= bounds.maximum;
}

/** How long a hold may last: a hotel's week and a rental's month fit, a forgotten hold does not keep value for a year. */
export const holdSecondsBounds: Bounds = { minimum: 1n, maximum: 2_678_400n };

/** For how long a key answers what it answered: promised to whoever retries, also from a till that was away for a season. */
export const keyRetentionMonths = 24;
