import { smallerOf } from '../amount.ts';
import type { Hold } from '../hold.ts';
import { bySoonestEnd, endOf, hasEnded, type Lot } from '../lot.ts';
import type { OperationRequest } from '../operation.ts';
import type { Actor, LedgerTransaction } from '../transaction.ts';
import { type BatchState, closeEntry } from './batch-state.ts';
import { Entry, type EntryDetails } from './entry.ts';
import { type HolderState, partsOf, type Share } from './holder-state.ts';

const system: Actor = { kind: 'system', id: 'ledger' };

/**
 * Does what is due for a holder: ends holds, activates lots, lets lots expire, each as a transaction of its own. It runs
 * before every other operation, so that nobody spends what has expired because a timer was late.
 */
export function settle(batch: BatchState, state: HolderState): LedgerTransaction[] {
  if (state.dueAt === undefined || state.dueAt > batch.at) return [];
  batch.effects.settledHolderIds.add(state.holder.id);
  const transactions = [...endHolds(batch, state), ...activateLots(batch, state), ...expireLots(batch, state)];
  // What is due next is looked up when the batch is written; until then nothing new is.
  state.dueAt = undefined;
  return transactions;
}

/** Pays what a holder owes out of value that has become available. */
export function repay(entry: Entry, state: HolderState, lot: Lot): void {
  const owed = partsOf(state, lot.assetId).OWED;
  const amount = smallerOf(lot.available, owed);
  if (amount > 0n) entry.move('repay', state, lot, amount);
}

/** Lots of a holder that the batch knows and that fulfil a condition, in a fixed order. */
function lotsWhere({ lots }: HolderState, condition: (lot: Lot) => boolean): Lot[] {
  return [...lots.values()].filter(condition).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function endHolds(batch: BatchState, state: HolderState): LedgerTransaction[] {
  const due = [...state.holds.values()].filter(({ held, expiresAt }) => held > 0n && expiresAt <= batch.at);
  due.sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime() || (a.id < b.id ? -1 : 1));
  return due.map((hold) => {
    const shares = sharesOf(state, hold);
    const details = { kind: 'HOLD_EXPIRY', holdId: hold.id } as const;
    const entry = openDue(batch, state, details, shares[0]?.lot, hold.expiresAt);
    for (const { lot, amount } of shares) {
      entry.move('release', state, lot, amount);
      repay(entry, state, lot);
      hold.heldByLot.set(lot.id, 0n);
    }
    hold.expired += hold.held;
    hold.held = 0n;
    batch.effects.changedHoldIds.add(hold.id);
    return closeEntry(batch, entry);
  });
}

/** What a hold has of lots, soonest end first: the order in which the database has them is not said. */
function sharesOf(state: HolderState, { id, heldByLot }: Hold): Share[] {
  const shares = [...heldByLot].map(([lotId, amount]) => {
    const lot = state.lots.get(lotId);
    if (lot === undefined) throw new Error(`Hold ${id} has a lot that was not read.`);
    return { lot, amount };
  });
  const inOrder = bySoonestEnd(state.activeAt);
  return shares.filter(({ amount }) => amount > 0n).sort((a, b) => inOrder(a.lot, b.lot));
}

function activateLots(batch: BatchState, state: HolderState): LedgerTransaction[] {
  const due = lotsWhere(state, ({ pending, activatesAt }) => {
    return pending > 0n && activatesAt !== undefined && activatesAt <= batch.at;
  });
  return byInstant(due, (lot) => lot.activatesAt ?? batch.at).map(([instant, lots]) => {
    const entry = openDue(batch, state, { kind: 'ACTIVATION' }, lots[0], instant);
    for (const lot of lots) {
      entry.move('activate', state, lot, lot.pending);
      repay(entry, state, lot);
    }
    return closeEntry(batch, entry);
  });
}

function expireLots(batch: BatchState, state: HolderState): LedgerTransaction[] {
  const due = lotsWhere(state, (lot) => lot.available > 0n && hasEnded(lot, state.activeAt, batch.at));
  return byInstant(due, (lot) => endOf(lot, state.activeAt) ?? batch.at).map(([instant, lots]) => {
    const entry = openDue(batch, state, { kind: 'EXPIRY' }, lots[0], instant);
    for (const lot of lots) entry.move('expire', state, lot, lot.available);
    return closeEntry(batch, entry);
  });
}

/** What becomes due counts from the instant that it was due, whenever the ledger gets to it. */
function openDue(
  batch: BatchState,
  state: HolderState,
  details: Pick<EntryDetails, 'kind' | 'holdId'>,
  lot: Lot | undefined,
  occurredAt: Date,
): Entry {
  const facts = { storeId: undefined, reference: undefined, occurredAt, actor: system };
  const programVersion = lot?.programVersion ?? 1;
  return new Entry(batch.templates, { ...details, id: batch.newId(), facts: { ...facts, programVersion } }, state);
}

function byInstant(lots: readonly Lot[], instantOf: (lot: Lot) => Date): [Date, Lot[]][] {
  const groups = Map.groupBy(lots, (lot) => instantOf(lot).getTime());
  return [...groups].sort(([a], [b]) => a - b).map(([instant, group]) => [new Date(instant), group]);
}

/** Settles every holder of a request. */
export function settleFor(batch: BatchState, { holder, operation }: OperationRequest): LedgerTransaction[] {
  const ids = operation.type === 'TRANSFER' ? [holder.id, operation.to.id] : [holder.id];
  return ids.flatMap((id) => {
    const state = batch.holders.get(id);
    return state === undefined ? [] : settle(batch, state);
  });
}
