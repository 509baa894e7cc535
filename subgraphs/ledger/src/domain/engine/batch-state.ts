import type { TransactionKind } from '../balance-change.ts';
import type { Hold } from '../hold.ts';
import type { Lot } from '../lot.ts';
import type { OperationRequest } from '../operation.ts';
import type { TemplateBook } from '../posting-template.ts';
import type { LedgerTransaction, Original } from '../transaction.ts';
import { Entry, type EntryDetails } from './entry.ts';
import type { HolderState } from './holder-state.ts';
import type { Counter } from './limits.ts';

/** A key that was used before. */
export interface UsedKey {
  inputHash: Buffer;
  /** UUID; null of a key that set or ended a limit. */
  holderId: string | null;
  /** UUIDs. */
  transactionIds: readonly string[];
}

/** All that is known to decide a batch, and what its decisions have come to. */
export interface BatchState {
  /** The database's instant of the batch, after it had its locks. */
  readonly at: Date;
  readonly templates: TemplateBook;
  readonly holders: ReadonlyMap<string, HolderState>;
  /** By `scope key`. */
  readonly keys: Map<string, UsedKey>;
  readonly originals: ReadonlyMap<string, Original>;
  /** The limits that each request must keep, by its place in the batch. Requests share the counters of one rule and subject. */
  readonly counters: ReadonlyMap<number, readonly Counter[]>;
  /** Makes the identifier of something new: a UUID of version 7. */
  readonly newId: () => string;
  readonly effects: Effects;
}

/** What is to be written. */
export interface Effects {
  transactions: LedgerTransaction[];
  /** Holders whose due work was done. */
  settledHolderIds: Set<string>;
  /** Holders that earned or spent, and when. */
  activeHolderIds: Set<string>;
  newLots: Lot[];
  newHolds: { hold: Hold; transactionId: string; storeId: string | undefined; reference: string | undefined }[];
  /** Whatever existed before and was changed. */
  changedHoldIds: Set<string>;
  /** By request: the keys that were used, and what for. */
  keys: { request: OperationRequest; transactionIds: string[] }[];
}

/** Nothing to be written yet. */
export function noEffects(): Effects {
  return {
    transactions: [],
    settledHolderIds: new Set(),
    activeHolderIds: new Set(),
    newLots: [],
    newHolds: [],
    changedHoldIds: new Set(),
    keys: [],
  };
}

/** @throws when the batch has no lock of the holder */
export function stateOf(batch: BatchState, holderId: string): HolderState {
  const state = batch.holders.get(holderId);
  if (state === undefined) throw new Error(`The batch has not locked holder ${holderId}.`);
  return state;
}

/** Opens a transaction of a request: the first has the identifier that the request brought. */
export function openEntry(
  batch: BatchState,
  request: OperationRequest,
  details: Partial<EntryDetails> & { kind: TransactionKind },
  ...states: HolderState[]
): Entry {
  const { programVersion, storeId, reference, occurredAt = batch.at, actor, transactionId } = request;
  const facts = { programVersion, storeId, reference, occurredAt, actor };
  return new Entry(batch.templates, { id: transactionId, facts, ...details }, ...states);
}

/** Closes a transaction and adds it to what is written; who refunds or reverses it, or its original, sees it. */
export function closeEntry(batch: BatchState, entry: Entry, more: { uncollected?: bigint } = {}): LedgerTransaction {
  const transaction = entry.close(batch.at, more);
  batch.effects.transactions.push(transaction);
  const original = transaction.related && batch.originals.get(transaction.related.transactionId);
  if (original) {
    const { id, kind, holder, programVersion, purchase, postings } = transaction;
    original.later.push({
      id,
      kind,
      holderId: holder.id,
      programVersion,
      purchaseAmountMinor: purchase?.amountMinor,
      purchaseCurrency: purchase?.currency,
      purchaseLines: purchase?.lines,
      uncollected: transaction.uncollected,
      postings,
    });
  }
  return transaction;
}

/** Says that something new becomes due. */
export function dueNotAfter(state: HolderState, instant: Date | undefined): void {
  if (instant === undefined) return;
  if (state.dueAt === undefined || instant < state.dueAt) state.dueAt = instant;
}

/** Says that the holder earned or spent, which keeps value alive that ends by inactivity. */
export function markActive(batch: BatchState, state: HolderState): void {
  if (state.activeAt === undefined || state.activeAt < batch.at) state.activeAt = batch.at;
  batch.effects.activeHolderIds.add(state.holder.id);
}
