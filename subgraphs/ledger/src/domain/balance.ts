/** What is counted: a currency, or the points of one program. */
export interface Asset {
  /** For instance `EUR`, or `PTS.` and the program's identifier. */
  code: string;
  /** Decimal digits of the smallest unit: 2 for EUR, 0 for points. */
  scale: number;
}

/** A holder's balance of one asset, in the asset's smallest unit. */
export interface Balance {
  asset: Asset;
  /** Final movements. */
  posted: bigint;
  /** Earned and not yet spendable. */
  pending: bigint;
  /** Reserved by holds. */
  held: bigint;
}

/** What can be spent, in the asset's smallest unit. */
export function availableOf({ posted, pending, held }: Balance): bigint {
  return posted - pending - held;
}
