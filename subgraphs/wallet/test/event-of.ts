import { BALANCE_CHANGED, cloudEventHeaders, type OutgoingEvent } from '@localplus/event-bus';
import { newId } from '@localplus/identifiers';
import type { Asset, BalanceChange } from '@localplus/rpc/ledger';

const kinds = {
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
  BALANCE_CHANGE_KIND_UNSPECIFIED: 'EARN',
} as const;
const none: Asset = { code: '', scale: 0 };

/** The event by which the ledger tells of a change. */
export function eventOf(change: BalanceChange): OutgoingEvent<typeof BALANCE_CHANGED> {
  const { holderId, merchantId, programId, consumerId, transactionId, version, occurredAt, recordedAt } = change;
  return {
    topic: BALANCE_CHANGED,
    key: holderId,
    headers: cloudEventHeaders({
      id: newId('evt'),
      type: BALANCE_CHANGED,
      source: '/localplus/ledger',
      time: recordedAt ?? new Date(),
      aggregateVersion: version,
    }),
    value: {
      ...{ holderId, merchantId, programId, consumerId, transactionId, storeId: null },
      kind: kinds[change.kind],
      version: `${version}`,
      deltas: change.deltas.map(({ asset = none, posted }) => ({ asset, posted: `${posted}` })),
      balances: change.balances.map(({ asset = none, posted, pending, held, available }) => {
        return { asset, posted: `${posted}`, pending: `${pending}`, held: `${held}`, available: `${available}` };
      }),
      occurredAt: (occurredAt ?? new Date()).toISOString(),
      recordedAt: (recordedAt ?? new Date()).toISOString(),
    },
  };
}
