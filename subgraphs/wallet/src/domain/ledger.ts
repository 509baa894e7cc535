import type { Balance } from './balance.ts';
import type { BalanceChange } from './balance-change.ts';

/** The ledger lists at most this many changes at a time. */
export const changesPageMax = 1_000;

/** Committed changes of a holder, ascending by version without a gap, and what it has now. */
export interface ListedChanges {
  changes: BalanceChange[];
  current: { version: bigint; balances: Balance[] };
}

/** Asks the ledger for the changes of a holder (a UUID) with a higher version, at most `limit`. */
export type ListChanges = (holderId: string, afterVersion: bigint, limit: number) => Promise<ListedChanges>;

/** A holder to open in the ledger. Ids are UUIDs. */
export interface HolderToOpen {
  holderId: string;
  consumerId: string;
  programId: string;
  merchantId: string;
  pointAssetCode: string;
}

/** Opens a holder in the ledger and answers with what it has. Asking again with the same holder answers the same. */
export type OpenHolder = (holder: HolderToOpen) => Promise<{ version: bigint; balances: Balance[] }>;
