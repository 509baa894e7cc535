import { smallerOf } from '../amount.ts';
import type { Hold } from '../hold.ts';
import { bySoonestEnd, type Lot } from '../lot.ts';
import type { Operation, OperationRefusal, OperationRequest } from '../operation.ts';
import type { LedgerTransaction } from '../transaction.ts';
import { type BatchState, closeEntry, dueNotAfter, markActive, openEntry } from './batch-state.ts';
import type { Entry } from './entry.ts';
import { chooseLots, type HolderState, type Share } from './holder-state.ts';
import { repay } from './settle.ts';
import { refuseMoreThanSpendable } from './spend.ts';

/** Reserves value: it can be captured, and nothing else, until the hold ends. */
export function placeHold(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  operation: Extract<Operation, { type: 'HOLD' }>,
): LedgerTransaction[] | OperationRefusal {
  const refusal = refuseMoreThanSpendable(state, operation);
  if (refusal) return refusal;
  const { assetId, amount, holdId, validMs } = operation;
  const shares = chooseLots(state, assetId, amount);
  const entry = openEntry(batch, request, { kind: 'HOLD', holdId }, state);
  const hold: Hold = {
    id: holdId,
    holderId: state.holder.id,
    assetId,
    expiresAt: new Date(batch.at.getTime() + validMs),
    amount,
    held: amount,
    captured: 0n,
    released: 0n,
    expired: 0n,
    heldByLot: new Map(shares.map((share) => [share.lot.id, share.amount])),
  };
  for (const share of shares) entry.move('hold', state, share.lot, share.amount);
  state.holds.set(hold.id, hold);
  dueNotAfter(state, hold.expiresAt);
  const { storeId, reference } = request;
  batch.effects.newHolds.push({ hold, transactionId: entry.id, storeId, reference });
  return [closeEntry(batch, entry)];
}

/** Spends what was held, all of it or some. */
export function captureHold(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { holdId, amount, isFinal }: Extract<Operation, { type: 'CAPTURE' }>,
): LedgerTransaction[] | OperationRefusal {
  const hold = openHold(state, holdId);
  if ('status' in hold) return hold;
  const captured = amount ?? hold.held;
  if (captured > hold.held) return { status: 'HOLD_EXCEEDED', held: hold.held };

  const entry = openEntry(batch, request, { kind: 'CAPTURE', holdId }, state);
  for (const share of heldShares(state, hold, captured)) take(entry, 'spend', state, hold, share);
  hold.captured += captured;
  hold.held -= captured;
  if (isFinal) giveRestBack(batch, entry, state, hold);
  batch.effects.changedHoldIds.add(holdId);
  markActive(batch, state);
  return [closeEntry(batch, entry)];
}

/** Gives all back that is still held. */
export function releaseHold(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { holdId }: Extract<Operation, { type: 'RELEASE' }>,
): LedgerTransaction[] | OperationRefusal {
  const hold = openHold(state, holdId);
  if ('status' in hold) return hold;
  const entry = openEntry(batch, request, { kind: 'RELEASE', holdId }, state);
  giveRestBack(batch, entry, state, hold);
  batch.effects.changedHoldIds.add(holdId);
  return [closeEntry(batch, entry)];
}

function openHold(state: HolderState, holdId: string): Hold | OperationRefusal {
  const hold = state.holds.get(holdId);
  if (hold === undefined) throw new Error(`Hold ${holdId} was not read.`);
  if (hold.held > 0n) return hold;
  if (hold.expired > 0n) return { status: 'HOLD_ENDED', state: 'EXPIRED' };
  return { status: 'HOLD_ENDED', state: hold.captured > 0n ? 'CAPTURED' : 'RELEASED' };
}

function giveRestBack(batch: BatchState, entry: Entry, state: HolderState, hold: Hold): void {
  for (const share of heldShares(state, hold, hold.held)) {
    take(entry, 'release', state, hold, share);
    repay(entry, state, share.lot);
  }
  hold.released += hold.held;
  hold.held = 0n;
  // A lot may have ended while it was held.
  dueNotAfter(state, batch.at);
}

function take(entry: Entry, line: 'spend' | 'release', state: HolderState, hold: Hold, { lot, amount }: Share): void {
  entry.move(line, state, lot, amount);
  hold.heldByLot.set(lot.id, (hold.heldByLot.get(lot.id) ?? 0n) - amount);
}

/** The lots that an amount of a hold is taken from, soonest end first. */
function heldShares(state: HolderState, hold: Hold, amount: bigint): Share[] {
  const lots = [...hold.heldByLot]
    .filter(([, held]) => held > 0n)
    .map(([lotId]) => lotOf(state, lotId))
    .sort(bySoonestEnd(state.activeAt));
  const shares: Share[] = [];
  let missing = amount;
  for (const lot of lots) {
    if (missing === 0n) break;
    const held = hold.heldByLot.get(lot.id) ?? 0n;
    const taken = smallerOf(held, missing);
    shares.push({ lot, amount: taken });
    missing -= taken;
  }
  return shares;
}

function lotOf(state: HolderState, lotId: string): Lot {
  const lot = state.lots.get(lotId);
  if (lot === undefined) throw new Error(`Lot ${lotId} was not read.`);
  return lot;
}
