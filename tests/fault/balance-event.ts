import { BALANCE_CHANGED, cloudEventHeaders, type OutgoingEvent } from '@localplus/event-bus';
import { newId } from '@localplus/identifiers';
import type { Change } from './troubled-feed.ts';

const asset = { code: 'PTS.proof', scale: 0 };
const firstOccurredAtMs = Date.UTC(2026, 0, 1);
const [merchantId, programId, consumerId] = [newId('mer'), newId('prg'), newId('con')];

/** What the ledger tells of a change of a wallet's balance. */
export function balanceEvent(
  { id, version, amount, total }: Omit<Change, 'aggregate'>,
  holderId: string,
): OutgoingEvent<typeof BALANCE_CHANGED> {
  const at = new Date(firstOccurredAtMs + version * 1_000);
  const balance = { asset, posted: `${total}`, pending: '0', held: '0', available: `${total}` };
  return {
    topic: BALANCE_CHANGED,
    key: holderId,
    headers: cloudEventHeaders({
      id,
      type: BALANCE_CHANGED,
      source: '/localplus/ledger',
      time: at,
      aggregateVersion: BigInt(version),
    }),
    value: {
      ...{ holderId, merchantId, programId, consumerId, storeId: null, transactionId: newId('trx') },
      kind: amount < 0 ? 'BURN' : 'EARN',
      version: `${version}`,
      deltas: [{ asset, posted: `${amount}` }],
      balances: [balance],
      occurredAt: at.toISOString(),
      recordedAt: at.toISOString(),
    },
  };
}
