import type { Operation, OperationRequest } from '../operation.ts';
import type { LedgerTransaction } from '../transaction.ts';
import { type BatchState, closeEntry, markActive, openEntry } from './batch-state.ts';
import { addLot } from './grant.ts';
import type { HolderState } from './holder-state.ts';

/** Puts value on a card as a lot of its own, which keeps what it is and how VAT treats it. */
export function issue(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  { assetId, amount, issued, period }: Extract<Operation, { type: 'ISSUE' }>,
): LedgerTransaction[] {
  const vatAmount = issued.vatType === 'SPV' ? issued.vatAmount : 0n;
  if (vatAmount < 0n || vatAmount >= amount) throw new RangeError(`VAT of ${vatAmount} in a price of ${amount}.`);
  const { category, vatType } = issued;
  const isSale = category === 'PAID';
  const entry = openEntry(batch, request, { kind: isSale ? 'SALE' : 'GRANT' }, state);
  const value = amount - vatAmount;
  const { programVersion, occurredAt: earnedAt = batch.at } = request;
  const of = { assetId, category, vatType, programVersion, earnedAt, activatesAt: undefined, ...period };
  const lot = addLot(batch, state, entry.id, value, of);
  entry.move(isSale ? 'sell' : 'grant', state, lot, value);
  if (vatAmount > 0n) entry.bookVat(state, lot, vatAmount);
  markActive(batch, state);
  return [closeEntry(batch, entry)];
}
