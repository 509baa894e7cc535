import { fromUuid } from '@localplus/identifiers';
import type { BalanceChange as BalanceChangeMessage, Balance as BalanceMessage } from '@localplus/rpc/ledger';
import { availableOf, type Balance } from '../domain/balance.ts';
import type { BalanceChange } from '../domain/balance-change.ts';

/** Writes a balance as the contract has it. */
export function toBalanceMessage(balance: Balance): BalanceMessage {
  return { ...balance, available: availableOf(balance) };
}

/** Writes a committed change as the contract has it. */
export function toBalanceChangeMessage(change: BalanceChange): BalanceChangeMessage {
  return {
    holderId: fromUuid('wal', change.holderId),
    merchantId: fromUuid('mer', change.merchantId),
    programId: fromUuid('prg', change.programId),
    consumerId: fromUuid('con', change.consumerId),
    storeId: change.storeId === undefined ? '' : fromUuid('sto', change.storeId),
    transactionId: fromUuid('trx', change.transactionId),
    kind: `BALANCE_CHANGE_KIND_${change.kind}`,
    version: change.version,
    deltas: change.deltas,
    balances: change.balances.map(toBalanceMessage),
    occurredAt: change.occurredAt,
    recordedAt: change.recordedAt,
  };
}
