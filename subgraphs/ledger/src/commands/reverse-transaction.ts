import { parseId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { isReference } from '../domain/input-rules.ts';
import { reversedPostings } from '../domain/posting.ts';
import { invalidReference, merchantNotLive, notReversible, unknownTransaction } from '../domain/refusals.ts';
import { isReversible, type PostedTransaction } from '../domain/transaction.ts';
import { findTransaction } from '../store/transaction-rows.ts';
import { type Decision, type PostingCommands, postOnce } from './post-once.ts';
import { demandSomewhere, mayAct, type Right } from './rights.ts';

/** A transaction that is to be undone. Ids in TypeID form. */
export interface ReverseTransaction {
  idempotencyKey: string;
  transactionId: string;
  /** A code, for instance `wrong-customer`. */
  reason: string;
}

const right: Right = { roles: ['manager', 'owner'] };

/**
 * Undoes a transaction, once, by one that moves everything back. Points that were spent since cannot be taken back.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function reverseTransaction(commands: PostingCommands, input: ReverseTransaction, caller: Caller) {
  demandSomewhere(caller, right);
  const transactionId = parseId(input.transactionId, 'trx');
  const reversed = transactionId === undefined ? undefined : await findTransaction(commands.sql, transactionId);
  if (reversed === undefined || !mayAct(caller, reversed.merchantId, right)) return unknownTransaction();
  const holder = await commands.findHolder(reversed.holderId);
  if (holder === undefined) throw new Error(`Transaction ${reversed.id} has no holder.`);
  const { reason } = input;
  if (!isReference(reason)) return invalidReference('reason');

  const intention = {
    caller,
    holder,
    command: 'reverseTransaction',
    key: input.idempotencyKey,
    input: [input.transactionId, reason],
    refusals: [
      'LedgerIdempotencyKeyReused',
      'LedgerMerchantNotLive',
      'LedgerInsufficientBalance',
      'LedgerAlreadyReversed',
      'LedgerInvalidAmount',
    ] as const,
  };
  return postOnce(commands, intention, () => decide(commands, reversed, reason));
}

async function decide({ findProgram, now }: PostingCommands, reversed: PostedTransaction, reason: string) {
  if (!isReversible(reversed)) return notReversible();
  // Whether the merchant is live is decided when posting; this makes sure that the ledger has heard of it.
  if ((await findProgram(reversed.programId)) === undefined) return merchantNotLive();
  const decision: Decision = {
    kind: 'REVERSAL',
    programVersion: reversed.programVersion,
    storeId: undefined,
    reference: undefined,
    purchase: undefined,
    reverses: { transactionId: reversed.id, reason },
    occurredAt: now(),
    postings: reversedPostings(reversed.postings),
  };
  return decision;
}
