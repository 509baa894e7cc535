import { toUuid } from '@localplus/identifiers';
import type {
  BalanceChange as BalanceChangeMessage,
  Balance as BalanceMessage,
  BalanceChangeKind as KindMessage,
} from '@localplus/rpc/ledger';
import type { Balance } from '../domain/balance.ts';
import type { BalanceChange, BalanceChangeKind } from '../domain/balance-change.ts';
import { holderUuid } from '../domain/holder-id.ts';

const kinds: Partial<Record<KindMessage, BalanceChangeKind>> = {
  BALANCE_CHANGE_KIND_EARN: 'EARN',
  BALANCE_CHANGE_KIND_BURN: 'BURN',
  BALANCE_CHANGE_KIND_REVERSAL: 'REVERSAL',
  BALANCE_CHANGE_KIND_HOLD: 'HOLD',
  BALANCE_CHANGE_KIND_CAPTURE: 'CAPTURE',
  BALANCE_CHANGE_KIND_RELEASE: 'RELEASE',
  BALANCE_CHANGE_KIND_HOLD_EXPIRY: 'HOLD_EXPIRY',
  BALANCE_CHANGE_KIND_ACTIVATION: 'ACTIVATION',
  BALANCE_CHANGE_KIND_EXPIRY: 'EXPIRY',
  BALANCE_CHANGE_KIND_REFUND: 'REFUND',
  BALANCE_CHANGE_KIND_RETURN: 'RETURN',
  BALANCE_CHANGE_KIND_TRANSFER: 'TRANSFER',
  BALANCE_CHANGE_KIND_SALE: 'SALE',
  BALANCE_CHANGE_KIND_GRANT: 'GRANT',
};

/** Reads the ledger's balance of one asset. */
export function readBalance({ asset, posted, pending, held }: BalanceMessage): Balance {
  if (!asset) throw new Error('the ledger sent a balance without an asset');
  return { asset: { code: asset.code, scale: asset.scale }, posted, pending, held };
}

/** Reads a change that the ledger has committed. */
export function readBalanceChange(message: BalanceChangeMessage): BalanceChange {
  const kind = kinds[message.kind];
  if (!kind || !message.occurredAt) throw new Error(`the ledger sent an incomplete change of ${message.holderId}`);
  return {
    holderId: holderUuid(message.holderId),
    version: message.version,
    balances: message.balances.map(readBalance),
    occurredAt: message.occurredAt,
    kind,
    transactionId: toUuid(message.transactionId, 'trx'),
  };
}
