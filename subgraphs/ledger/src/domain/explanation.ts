import type { Balance } from './balance.ts';
import type { TransactionKind } from './balance-change.ts';
import type { LotPeriod } from './lot.ts';

/** What of a balance a lot has. Ids are UUIDs, amounts in the asset's smallest unit, here and below. */
export interface LotShare extends LotPeriod {
  id: string;
  earnedAt: Date;
  /** The version of the terms that it was granted by. */
  programVersion: number;
  pending: bigint;
  available: bigint;
  held: bigint;
}

/** What of a balance a hold has reserved. */
export interface HoldShare {
  id: string;
  expiresAt: Date;
  held: bigint;
}

/** What transactions did to a balance, added up. */
export interface Movement {
  transactionCount: bigint;
  posted: bigint;
  pending: bigint;
  held: bigint;
}

/**
 * What makes a holder's balance of one asset, at one version of the holder, in two ways that both add up to it: where its
 * value is now, and what was posted.
 */
export interface Explanation {
  version: bigint;
  balance: Balance;
  /** What was taken back after it was spent, and is still missing. */
  owed: bigint;
  /** Open lots: those that end first. */
  lots: LotShare[];
  /** The open lots that are not listed. */
  otherLots: { count: bigint; pending: bigint; available: bigint; held: bigint };
  /** Open holds: those that end first. */
  holds: HoldShare[];
  /** The open holds that are not listed. */
  otherHolds: { count: bigint; held: bigint };
  /** All transactions before the newest ones. */
  carriedForward: Movement;
  /** The newest transactions, by what they record. */
  movements: (Movement & { kind: TransactionKind })[];
}
