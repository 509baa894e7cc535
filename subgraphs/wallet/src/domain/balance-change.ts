import type { BalanceState } from './balance.ts';

/** Why a balance changed. `SNAPSHOT` is no change but the state as it is. */
export type BalanceChangeKind =
  | 'EARN'
  | 'BURN'
  | 'REVERSAL'
  | 'HOLD'
  | 'CAPTURE'
  | 'RELEASE'
  | 'HOLD_EXPIRY'
  | 'ACTIVATION'
  | 'EXPIRY'
  | 'REFUND'
  | 'RETURN'
  | 'TRANSFER'
  | 'SALE'
  | 'GRANT'
  | 'SNAPSHOT';

/** A holder's state after one change that the ledger has committed. */
export interface BalanceChange extends BalanceState {
  /** UUID of the holder; a wallet's is the wallet's own. */
  holderId: string;
  kind: BalanceChangeKind;
  /** UUID of the ledger transaction; undefined for a snapshot. */
  transactionId: string | undefined;
}

/** A change as a watcher receives it. */
export interface BalanceEvent extends BalanceChange {
  /** How many versions between the one received before and this one were left out. */
  skipped: bigint;
}

/** Presents a state as a change, for watchers that have nothing to start from. */
export function snapshotOf(holderId: string, { version, balances, occurredAt }: BalanceState): BalanceChange {
  return { holderId, version, balances, occurredAt, kind: 'SNAPSHOT', transactionId: undefined };
}
