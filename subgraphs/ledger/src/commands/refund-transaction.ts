import type { Caller } from '@localplus/identity';
import { isWithin, pointsBounds } from '../domain/bounds.ts';
import { isReference } from '../domain/input-rules.ts';
import { versionInForce } from '../domain/program.ts';
import { invalidAmount, invalidReference, merchantNotLive, unknownTransaction } from '../domain/refusals.ts';
import { findOwnTransaction, type OwnTransaction } from './find-own-transaction.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, type Right } from './rights.ts';

/** Spent points that are to be given back. Ids in TypeID form. */
export interface RefundTransaction {
  idempotencyKey: string;
  /** What spent them. */
  transactionId: string;
  /** All that was not given back yet, where it is left out. */
  points?: bigint | undefined;
  /** A code, for instance `damaged`. */
  reason: string;
}

const right: Right = { roles: ['manager', 'owner'], scope: 'points:burn' };

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareRefundTransaction(commands: PostingCommands, input: RefundTransaction, caller: Caller) {
  demandSomewhere(caller, right);
  const own = await findOwnTransaction(commands, input.transactionId, caller, right);
  if (own === undefined) return unknownTransaction();
  const { points, reason } = input;
  if (points !== undefined && !isWithin(pointsBounds, points)) return invalidAmount(pointsBounds);
  if (!isReference(reason)) return invalidReference('reason');
  return intention({
    caller,
    holder: own.holder,
    command: 'refundTransaction',
    key: input.idempotencyKey,
    input: [input.transactionId, points, reason],
    refusals: [
      'LedgerIdempotencyKeyReused',
      'LedgerMerchantNotLive',
      'LedgerNotReversible',
      'LedgerRefundExceeded',
      'LedgerInvalidAmount',
    ] as const,
    decide: () => decide(commands, input, own),
  });
}

/**
 * Gives back points that a transaction spent, to the lots that they came from; never more, in all, than it spent.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function refundTransaction(commands: PostingCommands, input: RefundTransaction, caller: Caller) {
  return postOnce(commands, await prepareRefundTransaction(commands, input, caller));
}

async function decide(
  { findProgram, now }: PostingCommands,
  { points, reason }: RefundTransaction,
  { transaction }: OwnTransaction,
) {
  const program = await findProgram(transaction.programId);
  if (program === undefined) return merchantNotLive();
  const { refundGraceDays: graceDays } = versionInForce(program.versions, now());
  const decision: Decision = {
    operation: { type: 'REFUND', originalId: transaction.id, amount: points, reason, graceDays },
    programVersion: transaction.programVersion,
    country: program.country,
    storeId: undefined,
    reference: undefined,
    occurredAt: undefined,
  };
  return decision;
}
