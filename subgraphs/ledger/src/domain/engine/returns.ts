import { smallerOf, sumOf } from '../amount.ts';
import type { Operation, OperationRefusal, OperationRequest, Returned } from '../operation.ts';
import { pointsFor } from '../points.ts';
import type { LedgerTransaction, Original, PurchaseLine } from '../transaction.ts';
import { type BatchState, closeEntry, openEntry } from './batch-state.ts';
import { giveBack, givenBackBy, isSpending, originalOf, refundableOf } from './give-back.ts';
import type { HolderState } from './holder-state.ts';
import { earnedBy, planTakingBack, takeBack } from './take-back.ts';

type Return = Extract<Operation, { type: 'RETURN' }>;

/**
 * Gives back, in proportion, what was spent in a purchase, and takes back what its returned part had earned. Points
 * are reckoned on what is kept: however many parts a purchase is returned in, they add up to what it earned, to the point.
 */
export function returnPurchase(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  operation: Return,
): LedgerTransaction[] | OperationRefusal {
  const original = originalOf(batch, operation.originalId);
  const purchased = original.transaction.purchaseAmountMinor;
  if (original.transaction.kind !== 'EARN' || purchased === undefined) return { status: 'NOT_REVERSIBLE' };
  if (original.later.some(({ kind }) => kind === 'REVERSAL')) return { status: 'ALREADY_REVERSED' };
  const returnedBefore = sumOf(original.later.map(({ purchaseAmountMinor = 0n }) => purchaseAmountMinor));
  const returned = whatIsReturned(original, operation.returned);
  if ('status' in returned) return returned;
  const returnable = purchased - returnedBefore;
  if (returned.amountMinor > returnable) return { status: 'RETURN_EXCEEDED', returnable, lineId: undefined };

  const returnedInAll = returnedBefore + returned.amountMinor;
  const { spentId } = operation;
  // What comes home first may be taken back: then less, or nothing, is left uncollected or owed.
  const refunds =
    spentId === undefined
      ? []
      : givePointsBack(batch, state, request, { operation, spentId, purchased, returnedInAll });
  const taken = takePointsBack(batch, state, request, { operation, original, returned, purchased, returnedInAll });
  return [...refunds, taken];
}

interface ReturnOf {
  operation: Return;
  original: Original;
  returned: Returned;
  purchased: bigint;
  /** Of the purchase, this return included. */
  returnedInAll: bigint;
}

function takePointsBack(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { operation, original, returned, purchased, returnedInAll }: ReturnOf,
): LedgerTransaction {
  const { earned, takenBack } = earnedBy(state, original);
  const kept = returnedInAll === purchased ? 0n : pointsFor(operation.terms, purchased - returnedInAll);
  const uncollectedBefore = sumOf(original.later.map(({ uncollected = 0n }) => uncollected));
  const due = earned - takenBack - uncollectedBefore - kept;
  const plan = planTakingBack(state, original, due > 0n ? due : 0n, operation.negativeBalance);
  const { purchaseCurrency: currency } = original.transaction;
  const purchase = { amountMinor: returned.amountMinor, currency, lines: returned.lines };
  const related = { transactionId: operation.originalId, reason: operation.reason };
  const entry = openEntry(batch, request, { kind: 'RETURN', purchase, related }, state);
  const assetId = original.transaction.postings[0]?.assetId;
  if (assetId !== undefined) takeBack(entry, state, assetId, plan);
  return closeEntry(batch, entry, plan.uncollected > 0n ? { uncollected: plan.uncollected } : {});
}

function givePointsBack(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  of: { operation: Return; spentId: string; purchased: bigint; returnedInAll: bigint },
): LedgerTransaction[] {
  const { operation, spentId, purchased, returnedInAll } = of;
  const original = originalOf(batch, spentId);
  if (!isSpending(original.transaction)) throw new Error(`Transaction ${spentId} spent nothing.`);
  const refundable = refundableOf(state, original);
  const spent = refundable + givenBackBy(state, original);
  const due = (spent * returnedInAll) / purchased - givenBackBy(state, original);
  const amount = smallerOf(due, refundable);
  if (amount <= 0n) return [];
  const related = { transactionId: spentId, reason: operation.reason };
  const entry = openEntry(batch, request, { id: batch.newId(), kind: 'REFUND', related }, state);
  giveBack(batch, entry, state, { original, amount, graceDays: operation.graceDays });
  return [closeEntry(batch, entry)];
}

/** What is returned in all, checked against the purchase's lines where lines are named. */
function whatIsReturned(original: Original, returned: Return['returned']): Returned | OperationRefusal {
  if ('amountMinor' in returned) return { amountMinor: returned.amountMinor, lines: undefined };
  const lines: PurchaseLine[] = [];
  for (const { lineId, amountMinor } of returned.lines) {
    const line = original.transaction.purchaseLines?.find((bought) => bought.lineId === lineId);
    if (line === undefined) return { status: 'UNKNOWN_LINE', lineId };
    const before = [...original.later.flatMap(({ purchaseLines }) => purchaseLines ?? []), ...lines];
    const returnable = line.amountMinor - sumOf(before.filter((b) => b.lineId === lineId).map((b) => b.amountMinor));
    const amount = amountMinor ?? returnable;
    if (amount > returnable || amount === 0n) return { status: 'RETURN_EXCEEDED', returnable, lineId };
    lines.push({ lineId, amountMinor: amount });
  }
  return { amountMinor: sumOf(lines.map(({ amountMinor }) => amountMinor)), lines };
}

/** Undoes what is left of a transaction: what it earned is taken back, what it spent is given back. All or nothing. */
export function reverse(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { originalId, reason, negativeBalance, graceDays }: Extract<Operation, { type: 'REVERSAL' }>,
): LedgerTransaction[] | OperationRefusal {
  const original = originalOf(batch, originalId);
  const { transaction, later } = original;
  if (transaction.kind !== 'EARN' && !isSpending(transaction)) return { status: 'NOT_REVERSIBLE' };
  if (later.some(({ kind }) => kind === 'REVERSAL')) return { status: 'ALREADY_REVERSED' };
  const related = { transactionId: originalId, reason };
  const open = () => openEntry(batch, request, { kind: 'REVERSAL', related }, state);

  if (isSpending(transaction)) {
    const amount = refundableOf(state, original);
    if (amount === 0n) return { status: 'REFUND_EXCEEDED', refundable: 0n };
    const entry = open();
    giveBack(batch, entry, state, { original, amount, graceDays });
    return [closeEntry(batch, entry)];
  }
  const { earned, takenBack } = earnedBy(state, original);
  const due = earned - takenBack - sumOf(later.map(({ uncollected = 0n }) => uncollected));
  // All that it earned was taken back with returns: nothing is left to undo.
  if (due === 0n) return { status: 'ALREADY_REVERSED' };
  const plan = planTakingBack(state, original, due, negativeBalance);
  if (plan.uncollected > 0n) return { status: 'INSUFFICIENT', available: due - plan.uncollected };
  const entry = open();
  const assetId = transaction.postings[0]?.assetId;
  if (assetId !== undefined) takeBack(entry, state, assetId, plan);
  return [closeEntry(batch, entry)];
}
