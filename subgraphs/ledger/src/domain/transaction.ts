import type { TransactionKind } from './balance-change.ts';
import type { Posting } from './posting.ts';

/** What has to be known of a posted transaction to undo it. Ids are UUIDs. */
export interface PostedTransaction {
  id: string;
  kind: TransactionKind;
  merchantId: string;
  holderId: string;
  programId: string;
  /** The program's version that it was made under. */
  programVersion: number;
  /** In their order. */
  postings: readonly Posting[];
}

/** Whether a transaction may be reversed at all: what undid another one is itself final. */
export function isReversible(transaction: Pick<PostedTransaction, 'kind'>): boolean {
  return transaction.kind !== 'REVERSAL';
}
