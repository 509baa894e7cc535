import type { Category, Lot, LotPeriod, VatType } from '../lot.ts';
import type { Operation, OperationRequest } from '../operation.ts';
import type { LedgerTransaction } from '../transaction.ts';
import { type BatchState, closeEntry, dueNotAfter, markActive, openEntry } from './batch-state.ts';
import type { HolderState } from './holder-state.ts';
import { repay } from './settle.ts';

/** What a new lot is of. */
export interface NewLot extends LotPeriod {
  assetId: number;
  category: Category;
  vatType: VatType;
  programVersion: number;
  earnedAt: Date;
  originLotId?: string | undefined;
}

/** Adds a lot, without value yet, that a transaction is going to grant. */
export function addLot(batch: BatchState, state: HolderState, transactionId: string, granted: bigint, of: NewLot): Lot {
  const lot: Lot = {
    originLotId: undefined,
    ...of,
    id: batch.newId(),
    holderId: state.holder.id,
    transactionId,
    granted,
    pending: 0n,
    available: 0n,
    held: 0n,
    spent: 0n,
    expired: 0n,
    revoked: 0n,
  };
  state.lots.set(lot.id, lot);
  batch.effects.newLots.push(lot);
  dueNotAfter(state, lot.activatesAt);
  dueNotAfter(state, lot.inactivityDays === undefined ? lot.expiresAt : batch.at);
  return lot;
}

/** Grants what a purchase earned as a lot of its own: pending until its date, or active at once. What is owed is paid first. */
export function earn(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { assetId, amount, period, purchase }: Extract<Operation, { type: 'EARN' }>,
): LedgerTransaction[] {
  const entry = openEntry(batch, request, { kind: 'EARN', purchase }, state);
  const earnedAt = request.occurredAt ?? batch.at;
  const { programVersion } = request;
  const kindOfLot = { assetId, category: 'POINTS', vatType: 'DISCOUNT', programVersion, earnedAt } as const;
  const lot = addLot(batch, state, entry.id, amount, { ...kindOfLot, ...period });
  if (period.activatesAt !== undefined && period.activatesAt > batch.at) entry.move('grantPending', state, lot, amount);
  else {
    entry.move('grant', state, lot, amount);
    repay(entry, state, lot);
  }
  markActive(batch, state);
  return [closeEntry(batch, entry)];
}
