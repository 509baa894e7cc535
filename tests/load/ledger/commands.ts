import { createHash, randomUUID } from 'node:crypto';
import { newUuid } from '@localplus/identifiers';
import type { OperationRequest } from '@localplus/ledger/testing/load';

export type Holder = OperationRequest['holder'];

const earnShare = 0.7;
const yearMs = 365 * 24 * 60 * 60 * 1_000;
const pointsMax = 100;
const spentMax = 20;
const identifier = 'prt_01h455vb4pex5vsknk084sn02q';
const inputHash = createHash('sha256').update('an input').digest();

/** Makes a command of a till: seven of ten earn points that end in a year, three spend some. Keys are random UUIDs. */
export function makeCommand(holder: Holder): OperationRequest {
  const assetId = holder.accounts[0]?.assetId;
  if (assetId === undefined) throw new Error('A holder has no account.');
  const occurredAt = new Date();
  const isEarning = Math.random() < earnShare;
  const common = {
    transactionId: newUuid(),
    scope: 'mer_01h455vb4pex5vsknk084sn02q',
    key: randomUUID(),
    inputHash,
    holder,
    programVersion: 1,
    country: 'FR',
    storeId: undefined,
    reference: 'receipt-1234567',
    occurredAt,
    actor: { kind: 'partner' as const, id: identifier },
  };
  if (!isEarning) {
    const amount = BigInt(1 + Math.floor(Math.random() * spentMax));
    return { ...common, command: 'burnPoints', operation: { type: 'BURN', assetId, amount } };
  }
  const amount = BigInt(1 + Math.floor(Math.random() * pointsMax));
  const period = {
    activatesAt: undefined,
    expiresAt: new Date(occurredAt.getTime() + yearMs),
    inactivityDays: undefined,
  };
  const purchase = { amountMinor: amount * 100n, currency: 'EUR' };
  return { ...common, command: 'earnPoints', operation: { type: 'EARN', assetId, amount, period, purchase } };
}
