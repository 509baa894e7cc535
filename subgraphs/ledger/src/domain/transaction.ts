import type { TransactionKind } from './balance-change.ts';
import type { Actor, Purchase } from './posting.ts';

/** A transaction as the journal keeps it. Ids are UUIDs. */
export interface Transaction {
  id: string;
  kind: TransactionKind;
  merchantId: string;
  holderId: string;
  /** The holder's version after it. */
  holderVersion: bigint;
  programId: string;
  /** The program's version that it was made under. */
  programVersion: number;
  storeId: string | undefined;
  reference: string | undefined;
  purchase: Purchase | undefined;
  reverses: { transactionId: string; reason: string } | undefined;
  /** When it counts. */
  occurredAt: Date;
  /** When the ledger learned it. */
  recordedAt: Date;
  actor: Actor;
}

/** Whether a transaction may be reversed at all: what undid another one is itself final. */
export function isReversible(transaction: Pick<Transaction, 'kind'>): boolean {
  return transaction.kind !== 'REVERSAL';
}
