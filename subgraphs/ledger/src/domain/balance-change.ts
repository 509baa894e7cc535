import type { Asset, Balance } from './balance.ts';

/** What a transaction did. */
export const transactionKinds = [
  'EARN',
  'BURN',
  'HOLD',
  'CAPTURE',
  'RELEASE',
  'HOLD_EXPIRY',
  'ACTIVATION',
  'EXPIRY',
  'REFUND',
  'RETURN',
  'REVERSAL',
  'TRANSFER',
  'SALE',
  'GRANT',
] as const;

/** What a transaction did. */
export type TransactionKind = (typeof transactionKinds)[number];

/** The signed change of one posted balance, in the asset's smallest unit; 0 where only its parts moved. */
export interface BalanceDelta {
  asset: Asset;
  posted: bigint;
}

/** One committed change of a holder: what moved, and every balance of the holder after it. Ids are UUIDs. */
export interface BalanceChange {
  holderId: string;
  merchantId: string;
  programId: string;
  /** Pseudonymous. */
  consumerId: string;
  storeId: string | undefined;
  transactionId: string;
  kind: TransactionKind;
  /** The holder's version after the change: 1, 2, 3, … without a gap. */
  version: bigint;
  deltas: BalanceDelta[];
  /** All balances of the holder after the change. */
  balances: Balance[];
  /** When it counts. */
  occurredAt: Date;
  /** When the ledger learned it. */
  recordedAt: Date;
}

/** What became of points, whatever program they are of; undefined where only other assets moved. */
export function pointsMoved(deltas: readonly BalanceDelta[]): bigint | undefined {
  const points = deltas.filter(({ asset }) => asset.code.startsWith('PTS.'));
  return points.length === 0 ? undefined : points.reduce((sum, { posted }) => sum + posted, 0n);
}
