import type { Asset, Balance } from '../domain/balance.ts';
import type { BalanceDelta } from '../domain/balance-change.ts';

/** A balance in a row's JSON: amounts as text, because JSON numbers end at 2^53. */
export interface BalanceJson {
  asset: Asset;
  posted: string;
  pending: string;
  held: string;
}

/** A delta in a row's JSON. */
export interface DeltaJson {
  asset: Asset;
  posted: string;
}

/** Reads the balances of a row. */
export function readBalances(rows: readonly BalanceJson[]): Balance[] {
  return rows.map(({ asset, posted, pending, held }) => {
    return { asset, posted: BigInt(posted), pending: BigInt(pending), held: BigInt(held) };
  });
}

/** Reads the deltas of a row. */
export function readDeltas(rows: readonly DeltaJson[]): BalanceDelta[] {
  return rows.map(({ asset, posted }) => ({ asset, posted: BigInt(posted) }));
}
