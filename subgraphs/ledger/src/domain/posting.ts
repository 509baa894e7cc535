import type { BalanceChange, TransactionKind } from './balance-change.ts';
import { accountOf, type Holder } from './holder.ts';

/** Moves an amount above zero from one account to another of the same asset. Ids are UUIDs. */
export interface Posting {
  debitAccountId: string;
  creditAccountId: string;
  amount: bigint;
}

/** Who acts, by a pseudonym. */
export interface Actor {
  kind: 'staff' | 'partner' | 'operator';
  id: string;
}

/** What a purchase came to. */
export interface Purchase {
  amountMinor: bigint;
  /** ISO 4217. */
  currency: string;
}

/** A transaction that is to be posted. Ids are UUIDs. */
export interface PostingRequest {
  /** Chosen before the first attempt, so that an attempt whose answer was lost is recognised. */
  transactionId: string;
  /** Who may not use the key twice: the merchant's identifier. */
  scope: string;
  key: string;
  /** Names the command whose input was hashed. */
  command: string;
  /** SHA-256 of the command's input. */
  inputHash: Buffer;
  kind: TransactionKind;
  holder: Holder;
  programVersion: number;
  storeId: string | undefined;
  reference: string | undefined;
  purchase: Purchase | undefined;
  reverses: { transactionId: string; reason: string } | undefined;
  occurredAt: Date;
  actor: Actor;
  /** Never empty. */
  postings: readonly Posting[];
}

/** What became of a posting request. */
export type PostingOutcome =
  /** Posted now, or found posted under the same key with the same input. */
  | { status: 'POSTED' | 'REPLAYED'; change: BalanceChange }
  /** The key belongs to other input. */
  | { status: 'KEY_REUSED' }
  /** An account would fall below its floor. */
  | { status: 'INSUFFICIENT'; available: bigint }
  /** A side of an account would leave 64 bits. */
  | { status: 'OUT_OF_RANGE' }
  /** The merchant is unknown, a draft or suspended. */
  | { status: 'NOT_LIVE' }
  | { status: 'ALREADY_REVERSED' };

/** Earned points: the program bears their cost and owes them to the holder. */
export function earnPostings(holder: Holder, assetCode: string, points: bigint): Posting[] {
  const cost = accountOf(holder, 'POINTS_COST', assetCode);
  const liability = accountOf(holder, 'POINTS_LIABILITY', assetCode);
  return [{ debitAccountId: cost.id, creditAccountId: liability.id, amount: points }];
}

/** Spent points: no longer owed to the holder, to be settled with who gave the reward. */
export function burnPostings(holder: Holder, assetCode: string, points: bigint): Posting[] {
  const liability = accountOf(holder, 'POINTS_LIABILITY', assetCode);
  const clearing = accountOf(holder, 'REWARD_CLEARING', assetCode);
  return [{ debitAccountId: liability.id, creditAccountId: clearing.id, amount: points }];
}

/** What undoes postings: each the other way round, the last one first. */
export function reversedPostings(postings: readonly Posting[]): Posting[] {
  return postings.toReversed().map(({ debitAccountId, creditAccountId, amount }) => {
    return { debitAccountId: creditAccountId, creditAccountId: debitAccountId, amount };
  });
}
