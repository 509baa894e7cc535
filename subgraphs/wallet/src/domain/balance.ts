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

/** All balances of a holder at one version. */
export interface BalanceState {
  /** Raised by the ledger by exactly one with each change. 0 before the first. */
  version: bigint;
  balances: Balance[];
  /** When the change that led here counts. */
  occurredAt: Date;
}

/** What can be spent, in the asset's smallest unit. */
export function availableOf({ posted, pending, held }: Balance): bigint {
  return posted - pending - held;
}

/** Orders balances by asset code, so that equal states are equal texts. */
export function inAssetOrder(balances: readonly Balance[]): Balance[] {
  return balances.toSorted((left, right) => (left.asset.code < right.asset.code ? -1 : 1));
}

/** Whether two sets of balances say the same, in whatever order. */
export function areSameBalances(left: readonly Balance[], right: readonly Balance[]): boolean {
  return describe(left) === describe(right);
}

function describe(balances: readonly Balance[]): string {
  return inAssetOrder(balances)
    .map(({ asset, posted, pending, held }) => [asset.code, asset.scale, posted, pending, held].join(' '))
    .join('\n');
}
