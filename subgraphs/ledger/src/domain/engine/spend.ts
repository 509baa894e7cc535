import type { Operation, OperationRefusal, OperationRequest } from '../operation.ts';
import type { LedgerTransaction } from '../transaction.ts';
import { type BatchState, closeEntry, markActive, openEntry, stateOf } from './batch-state.ts';
import { addLot } from './grant.ts';
import { chooseLots, type HolderState, partsOf, spendableOf } from './holder-state.ts';
import { repay } from './settle.ts';

/** Refuses what is more than the holder can spend. */
export function refuseMoreThanSpendable(
  state: HolderState,
  { assetId, amount }: { assetId: number; amount: bigint },
): OperationRefusal | undefined {
  const spendable = spendableOf(partsOf(state, assetId));
  if (amount <= spendable) return undefined;
  return { status: 'INSUFFICIENT', available: spendable < 0n ? 0n : spendable };
}

/** Spends value, soonest end first. */
export function burn(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  operation: Extract<Operation, { type: 'BURN' }>,
): LedgerTransaction[] | OperationRefusal {
  const refusal = refuseMoreThanSpendable(state, operation);
  if (refusal) return refusal;
  const shares = chooseLots(state, operation.assetId, operation.amount);
  const entry = openEntry(batch, request, { kind: 'BURN' }, state);
  for (const { lot, amount } of shares) entry.move('spend', state, lot, amount);
  markActive(batch, state);
  return [closeEntry(batch, entry)];
}

/** Moves value to another holder of the same program. Lots keep their dates: a gift does not live longer. */
export function transfer(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  operation: Extract<Operation, { type: 'TRANSFER' }>,
): LedgerTransaction[] | OperationRefusal {
  const refusal = refuseMoreThanSpendable(state, operation);
  if (refusal) return refusal;
  const receiver = stateOf(batch, operation.to.id);
  const shares = chooseLots(state, operation.assetId, operation.amount);
  const entry = openEntry(batch, request, { kind: 'TRANSFER' }, state, receiver);
  for (const { lot, amount } of shares) {
    const { assetId, category, vatType, programVersion, earnedAt, expiresAt, inactivityDays } = lot;
    const dates = { activatesAt: undefined, expiresAt, inactivityDays };
    const kept = { assetId, category, vatType, programVersion, earnedAt, ...dates, originLotId: lot.id };
    const received = addLot(batch, receiver, entry.id, amount, kept);
    entry.transfer({ state, lot }, { state: receiver, lot: received }, amount);
    repay(entry, receiver, received);
  }
  markActive(batch, state);
  return [closeEntry(batch, entry)];
}
