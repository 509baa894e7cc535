/** The smaller of two amounts. */
export function smallerOf(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** The sum of amounts. */
export function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
