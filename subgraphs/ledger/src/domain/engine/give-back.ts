import { smallerOf, sumOf } from '../amount.ts';
import { endOf, hasEnded, type Lot } from '../lot.ts';
import type { Operation, OperationRefusal, OperationRequest } from '../operation.ts';
import type { LedgerTransaction, Original, PostedTransaction, Posting } from '../transaction.ts';
import { type BatchState, closeEntry, dueNotAfter, openEntry } from './batch-state.ts';
import type { Entry } from './entry.ts';
import { addLot } from './grant.ts';
import type { HolderState } from './holder-state.ts';
import { repay } from './settle.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** Kinds of transactions that spend. */
export function isSpending({ kind }: Pick<PostedTransaction, 'kind'>): boolean {
  return kind === 'BURN' || kind === 'CAPTURE';
}

/** What a transaction spent, by lot, in the order of its postings. */
function spentBy(state: HolderState, { postings }: Pick<PostedTransaction, 'postings'>): Posting[] {
  return postings.filter(({ debitAccountId, creditAccountId }) => {
    const [from, to] = [partOf(state, debitAccountId), partOf(state, creditAccountId)];
    return (from === 'AVAILABLE' || from === 'HELD') && to === 'ISSUER';
  });
}

/** How much of what a transaction spent was not given back yet. */
export function refundableOf(state: HolderState, original: Original): bigint {
  const spent = sumOf(spentBy(state, original.transaction).map(({ amount }) => amount));
  return spent - givenBackBy(state, original);
}

/** How much of what a transaction spent was given back since. */
export function givenBackBy(state: HolderState, { later }: Original): bigint {
  const given = later.flatMap(({ postings }) => {
    return postings.filter(({ debitAccountId, creditAccountId }) => {
      return partOf(state, debitAccountId) === 'ISSUER' && partOf(state, creditAccountId) === 'AVAILABLE';
    });
  });
  return sumOf(given.map(({ amount }) => amount));
}

/**
 * Gives back to the lots that it came from, the last one taken first. A lot that has ended since gets a new one beside it,
 * with a graced date, where the program grants one; otherwise the value goes home and expires there.
 */
export function giveBack(
  batch: BatchState,
  entry: Entry,
  state: HolderState,
  { original, amount, graceDays }: { original: Original; amount: bigint; graceDays: number },
): void {
  let skipped = givenBackBy(state, original);
  let missing = amount;
  for (const posting of spentBy(state, original.transaction).toReversed()) {
    const wasGivenBack = smallerOf(skipped, posting.amount);
    skipped -= wasGivenBack;
    const open = posting.amount - wasGivenBack;
    const given = smallerOf(open, missing);
    if (given === 0n) continue;
    missing -= given;
    const lot = homeOf(batch, entry, state, { posting, given, graceDays, original: original.transaction });
    entry.move('giveBack', state, lot, given);
    repay(entry, state, lot);
  }
}

function homeOf(
  batch: BatchState,
  entry: Entry,
  state: HolderState,
  of: { posting: Posting; given: bigint; graceDays: number; original: PostedTransaction },
): Lot {
  const { posting, given, graceDays, original } = of;
  const lot = posting.debitLotId === undefined ? undefined : state.lots.get(posting.debitLotId);
  if (lot === undefined) {
    if (posting.debitLotId !== undefined) throw new Error(`Lot ${posting.debitLotId} was not read.`);
    // Spent before lots were kept: nobody knows what it was taken from, so it comes back without an end.
    const { programVersion } = original;
    const kind = { assetId: posting.assetId, category: 'POINTS', vatType: 'DISCOUNT', programVersion } as const;
    const dates = { activatesAt: undefined, expiresAt: undefined, inactivityDays: undefined };
    return addLot(batch, state, entry.id, given, { ...kind, earnedAt: batch.at, ...dates });
  }
  if (!hasEnded(lot, state.activeAt, batch.at)) {
    // A lot without value never becomes due: it may have been forgotten since it was spent.
    dueNotAfter(state, endOf(lot, state.activeAt));
    return lot;
  }
  // Value that goes home to a lot that has ended expires at once.
  dueNotAfter(state, batch.at);
  if (graceDays === 0) return lot;
  const { assetId, category, vatType, programVersion, earnedAt } = lot;
  const expiresAt = new Date(batch.at.getTime() + graceDays * dayMs);
  const graced = { activatesAt: undefined, expiresAt, inactivityDays: undefined, originLotId: lot.id };
  return addLot(batch, state, entry.id, given, { assetId, category, vatType, programVersion, earnedAt, ...graced });
}

function partOf({ holder }: HolderState, accountId: string): string {
  return holder.accounts.find(({ id }) => id === accountId)?.part ?? 'ISSUER';
}

/** Gives back some of what was spent, or all that was not given back yet. */
export function refund(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { originalId, amount, reason, graceDays }: Extract<Operation, { type: 'REFUND' }>,
): LedgerTransaction[] | OperationRefusal {
  const original = originalOf(batch, originalId);
  if (!isSpending(original.transaction)) return { status: 'NOT_REVERSIBLE' };
  const refundable = refundableOf(state, original);
  if (refundable === 0n || (amount ?? refundable) > refundable) return { status: 'REFUND_EXCEEDED', refundable };
  const related = { transactionId: originalId, reason };
  const entry = openEntry(batch, request, { kind: 'REFUND', related }, state);
  giveBack(batch, entry, state, { original, amount: amount ?? refundable, graceDays });
  return [closeEntry(batch, entry)];
}

/** @throws when the batch has not read it */
export function originalOf(batch: BatchState, id: string): Original {
  const original = batch.originals.get(id);
  if (original === undefined) throw new Error(`Transaction ${id} was not read.`);
  return original;
}
