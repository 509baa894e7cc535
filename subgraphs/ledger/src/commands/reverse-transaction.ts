import type { Caller } from '@localplus/identity';
import { isReference } from '../domain/input-rules.ts';
import { versionInForce } from '../domain/program.ts';
import { invalidReference, merchantNotLive, unknownTransaction } from '../domain/refusals.ts';
import type { TransactionFound } from '../store/transaction-rows.ts';
import { findOwnTransaction } from './find-own-transaction.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
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
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareReverseTransaction(commands: PostingCommands, input: ReverseTransaction, caller: Caller) {
  demandSomewhere(caller, right);
  const own = await findOwnTransaction(commands, input.transactionId, caller, right);
  if (own === undefined) return unknownTransaction();
  const { transaction, holder } = own;
  const { reason } = input;
  if (!isReference(reason)) return invalidReference('reason');

  return intention({
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
    decide: () => decide(commands, transaction, reason),
  });
}

/**
 * Undoes a transaction, once, by one that moves everything back. Points that were spent since cannot be taken back.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function reverseTransaction(commands: PostingCommands, input: ReverseTransaction, caller: Caller) {
  return postOnce(commands, await prepareReverseTransaction(commands, input, caller));
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
