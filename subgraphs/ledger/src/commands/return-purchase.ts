import type { Caller } from '@localplus/identity';
import { isWithin, purchaseBounds } from '../domain/bounds.ts';
import { isReference, isReferenceList } from '../domain/input-rules.ts';
import type { Operation } from '../domain/operation.ts';
import { versionInForce } from '../domain/program.ts';
import {
  invalidAmount,
  invalidPurchaseLines,
  invalidReference,
  merchantNotLive,
  notReversible,
  unknownTransaction,
} from '../domain/refusals.ts';
import { findOwnTransaction, type OwnTransaction } from './find-own-transaction.ts';
import { type Decision, intention } from './intention.ts';
import { postOnce } from './post-once.ts';
import type { PostingCommands } from './posting-commands.ts';
import { demandSomewhere, type Right } from './rights.ts';

/** What of a purchase comes back: an amount, or lines of it. Ids in TypeID form; amounts in minor units of the purchase. */
export interface ReturnPurchase {
  idempotencyKey: string;
  /** The transaction in which the purchase earned. */
  transactionId: string;
  amountMinor?: bigint | undefined;
  /** A line without an amount comes back whole. */
  lines?: readonly { lineId: string; amountMinor?: bigint | undefined }[] | undefined;
  /** The transaction that spent points in the same purchase: they are given back in proportion. */
  spentTransactionId?: string | undefined;
  /** A code, for instance `wrong-size`. */
  reason: string;
}

const right: Right = { roles: ['cashier', 'manager', 'owner'], scope: 'points:earn' };

/**
 * Checks what can be checked of a command before anything that may change with time is looked at.
 * @throws Forbidden
 */
export async function prepareReturnPurchase(commands: PostingCommands, input: ReturnPurchase, caller: Caller) {
  demandSomewhere(caller, right);
  const own = await findOwnTransaction(commands, input.transactionId, caller, right);
  if (own === undefined) return unknownTransaction();
  const spent =
    input.spentTransactionId === undefined
      ? undefined
      : await findOwnTransaction(commands, input.spentTransactionId, caller, right);
  if (input.spentTransactionId !== undefined && spent?.holder.id !== own.holder.id) return unknownTransaction();
  if (spent && spent.transaction.kind !== 'BURN' && spent.transaction.kind !== 'CAPTURE') return notReversible();
  const { amountMinor, lines, reason } = input;
  if (!isReference(reason)) return invalidReference('reason');
  const returned = readReturned({ amountMinor, lines });
  if ('code' in returned) return returned;

  const named = lines?.flatMap((line) => [line.lineId, line.amountMinor]) ?? [];
  const spentId = spent?.transaction.id;
  return intention({
    caller,
    holder: own.holder,
    command: 'returnPurchase',
    key: input.idempotencyKey,
    input: [input.transactionId, amountMinor, input.spentTransactionId, reason, ...named],
    refusals: [
      'LedgerIdempotencyKeyReused',
      'LedgerMerchantNotLive',
      'LedgerNotReversible',
      'LedgerAlreadyReversed',
      'LedgerReturnExceeded',
      'LedgerUnknownPurchaseLine',
      'LedgerInvalidAmount',
    ] as const,
    decide: () => decide(commands, { returned, spentId, reason }, own),
  });
}

/**
 * Takes back what the returned part of a purchase had earned, and gives back what was spent in it, in proportion.
 * @throws Forbidden, Overloaded, Unavailable
 */
export async function returnPurchase(commands: PostingCommands, input: ReturnPurchase, caller: Caller) {
  return postOnce(commands, await prepareReturnPurchase(commands, input, caller));
}

type Returned = Extract<Operation, { type: 'RETURN' }>['returned'];

function readReturned({ amountMinor, lines }: Pick<ReturnPurchase, 'amountMinor' | 'lines'>) {
  if ((amountMinor === undefined) === (lines === undefined)) return invalidPurchaseLines();
  if (lines === undefined) {
    if (amountMinor === undefined || !isWithin(purchaseBounds, amountMinor)) return invalidAmount(purchaseBounds);
    return { amountMinor };
  }
  if (!isReferenceList(lines.map(({ lineId }) => lineId))) return invalidPurchaseLines();
  if (lines.some((line) => line.amountMinor !== undefined && !isWithin(purchaseBounds, line.amountMinor))) {
    return invalidAmount(purchaseBounds);
  }
  return { lines: lines.map(({ lineId, amountMinor: amount }) => ({ lineId, amountMinor: amount })) };
}

async function decide(
  { findProgram, now }: PostingCommands,
  { returned, spentId, reason }: { returned: Returned; spentId: string | undefined; reason: string },
  { transaction }: OwnTransaction,
) {
  const program = await findProgram(transaction.programId);
  if (program === undefined) return merchantNotLive();
  const terms = program.versions.find(({ version }) => version === transaction.programVersion);
  if (terms === undefined) throw new Error(`Program ${program.id} has lost version ${transaction.programVersion}.`);
  const { negativeBalance, refundGraceDays: graceDays } = versionInForce(program.versions, now());
  const original = { originalId: transaction.id, returned, spentId, reason };
  const decision: Decision = {
    operation: { type: 'RETURN', ...original, terms, negativeBalance, graceDays },
    programVersion: transaction.programVersion,
    country: program.country,
    storeId: undefined,
    reference: undefined,
    occurredAt: undefined,
  };
  return decision;
}
