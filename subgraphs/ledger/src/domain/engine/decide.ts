import type { Done, Operation, OperationRefusal, OperationRequest } from '../operation.ts';
import type { LedgerTransaction } from '../transaction.ts';
import { type BatchState, stateOf } from './batch-state.ts';
import { refund } from './give-back.ts';
import { earn } from './grant.ts';
import type { HolderState } from './holder-state.ts';
import { captureHold, placeHold, releaseHold } from './holds.ts';
import { issue } from './issue.ts';
import { exceededBy, use } from './limits.ts';
import { returnPurchase, reverse } from './returns.ts';
import { settleFor } from './settle.ts';
import { burn, transfer } from './spend.ts';

/** The key was used before, with the same input. */
export interface Replayed {
  status: 'REPLAYED';
  /** UUIDs, in their order. */
  transactionIds: readonly string[];
}

/** What became of a request. */
export type Decision = Done | Replayed | OperationRefusal;

/**
 * Decides requests in their order, each seeing what those before it left. Nothing here waits, reads or writes: the same
 * state and requests bring the same decisions, whether they come together or one by one.
 * @returns one decision for each request; what is to be written is in the batch's effects
 * @throws LotsMissing; then the batch's state is of no use any more
 */
export function decide(batch: BatchState, requests: readonly OperationRequest[]): Decision[] {
  return requests.map((request, index) => decideOne(batch, request, index));
}

function decideOne(batch: BatchState, request: OperationRequest, index: number): Decision {
  const { scope, key, inputHash, holder, operation } = request;
  const used = key === undefined ? undefined : batch.keys.get(keyName(scope, key));
  if (used !== undefined) {
    const isSame = used.inputHash.equals(inputHash) && used.holderId === holder.id;
    return isSame ? { status: 'REPLAYED', transactionIds: used.transactionIds } : { status: 'KEY_REUSED' };
  }
  const state = stateOf(batch, holder.id);
  if (!state.isLive && operation.type !== 'SETTLE') return { status: 'NOT_LIVE' };
  if ('amount' in operation && operation.amount !== undefined && operation.amount <= 0n) {
    throw new RangeError(`${operation.type} of ${operation.amount}: an amount is above zero.`);
  }
  const settled = settleFor(batch, request);
  if (operation.type === 'SETTLE') return { status: 'DONE', transactions: settled };

  const counters = batch.counters.get(index) ?? [];
  const amount = 'amount' in operation ? (operation.amount ?? 0n) : 0n;
  const limit = exceededBy(counters, amount);
  if (limit !== undefined) return { status: 'LIMIT_EXCEEDED', limit };
  const transactions = carryOut(batch, state, request, operation);
  if ('status' in transactions) return transactions;

  use(counters, amount);
  // Value that came home to a lot that has ended expires in the same commit.
  settleFor(batch, request);
  if (key !== undefined) {
    const transactionIds = transactions.map(({ id }) => id);
    batch.keys.set(keyName(scope, key), { inputHash, holderId: holder.id, transactionIds });
    batch.effects.keys.push({ request, transactionIds });
  }
  return { status: 'DONE', transactions };
}

/** Names a key in a batch. */
export function keyName(scope: string, key: string): string {
  return `${scope} ${key}`;
}

function carryOut(
  batch: BatchState,
  state: HolderState,
  request: OperationRequest,
  operation: Exclude<Operation, { type: 'SETTLE' }>,
): LedgerTransaction[] | OperationRefusal {
  switch (operation.type) {
    case 'EARN':
      return earn(batch, state, request, operation);
    case 'ISSUE':
      return issue(batch, state, request, operation);
    case 'BURN':
      return burn(batch, state, request, operation);
    case 'HOLD':
      return placeHold(batch, state, request, operation);
    case 'CAPTURE':
      return captureHold(batch, state, request, operation);
    case 'RELEASE':
      return releaseHold(batch, state, request, operation);
    case 'REFUND':
      return refund(batch, state, request, operation);
    case 'RETURN':
      return returnPurchase(batch, state, request, operation);
    case 'REVERSAL':
      return reverse(batch, state, request, operation);
    case 'TRANSFER':
      return transfer(batch, state, request, operation);
  }
}
