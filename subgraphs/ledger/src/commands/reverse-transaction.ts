import type { Caller } from '@localplus/identity';
import { isReference } from '../domain/input-rules.ts';
import { versionInForce } from '../domain/program.ts';
import { invalidReference, merchantNotLive, unknownTransaction } from '../domain/refusals.ts';
import type { TransactionFound } from '../store/transaction-rows.ts';
import { findOwnTransaction } from './find-own-transaction.ts';
import { type Decision, type PostingCommands, postOnce } from './post-once.ts';
import { demandSomewhere, type Right } from './rights.ts';

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
  const own = await findOwnTransaction(commands, input.transactionId, caller, right);
  if (own === undefined) return unknownTransaction();
  const { transaction, holder } = own;
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
      'LedgerNotReversible',
      'LedgerRefundExceeded',
      'LedgerInvalidAmount',
    ] as const,
  };
  return postOnce(commands, intention, () => decide(commands, transaction, reason));
}

async function decide({ findProgram, now }: PostingCommands, reversed: TransactionFound, reason: string) {
  // Whether the merchant is live is decided when posting; this makes sure that the ledger has heard of it.
  const program = await findProgram(reversed.programId);
  if (program === undefined) return merchantNotLive();
  const { refundGraceDays } = versionInForce(program.versions, now());
  const decision: Decision = {
    // All or nothing: what was spent since is owed by nobody.
    operation: {
      type: 'REVERSAL',
      originalId: reversed.id,
      reason,
      negativeBalance: 'NEVER',
      graceDays: refundGraceDays,
    },
    programVersion: reversed.programVersion,
    country: program.country,
    storeId: undefined,
    reference: undefined,
    occurredAt: now(),
  };
  return decision;
}
