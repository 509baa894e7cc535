import type { BalanceChange, TransactionKind } from './balance-change.ts';
import type { Holder } from './holder.ts';

/** Moves an amount above zero from one account to another of the same asset, and of which lots. Ids are UUIDs. */
export interface Posting {
  debitAccountId: string;
  creditAccountId: string;
  assetId: number;
  amount: bigint;
  /** Where the account is of a holder's pending, available or held value. */
  debitLotId: string | undefined;
  creditLotId: string | undefined;
}

/** Who acts, by a pseudonym. */
export interface Actor {
  kind: 'staff' | 'partner' | 'operator' | 'consumer' | 'system';
  id: string;
}

/** A line of a purchase, or what of it was returned. */
export interface PurchaseLine {
  /** Of the caller, unique in the purchase. No personal data. */
  lineId: string;
  amountMinor: bigint;
}

/** What a purchase came to. */
export interface Purchase {
  amountMinor: bigint;
  /** ISO 4217. */
  currency: string;
  /** Their amounts add up to the purchase's; undefined where the caller named none. */
  lines?: readonly PurchaseLine[] | undefined;
}

/** What is said of a transaction beside its postings. */
export interface TransactionFacts {
  programVersion: number;
  storeId: string | undefined;
  reference: string | undefined;
  occurredAt: Date;
  actor: Actor;
}

/** A transaction as it is written. Ids are UUIDs. */
export interface LedgerTransaction extends TransactionFacts {
  id: string;
  kind: TransactionKind;
  templateVersion: number;
  holder: Holder;
  /** The holder's version after it. */
  holderVersion: bigint;
  purchase: Partial<Purchase> | undefined;
  related: { transactionId: string; reason: string | undefined } | undefined;
  holdId: string | undefined;
  /** What of a returned purchase's points could not be taken back. */
  uncollected: bigint | undefined;
  postings: Posting[];
  /** One for each holder that it touched, its own first. */
  changes: BalanceChange[];
}

/** What has to be known of a posted transaction to refund, return or reverse it. Ids are UUIDs. */
export interface PostedTransaction {
  id: string;
  kind: TransactionKind;
  holderId: string;
  programVersion: number;
  purchaseAmountMinor: bigint | undefined;
  purchaseCurrency: string | undefined;
  purchaseLines: readonly PurchaseLine[] | undefined;
  uncollected: bigint | undefined;
  /** In their order. */
  postings: readonly Posting[];
}

/** A transaction, and everything that came after it and is about it. */
export interface Original {
  transaction: PostedTransaction;
  later: PostedTransaction[];
}
