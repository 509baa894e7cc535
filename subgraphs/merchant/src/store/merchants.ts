import { fromUuid, toUuid } from '@localplus/identifiers';
import type { MerchantProfile, StoreProfile } from '../domain/merchant.ts';
import type { MerchantStatus } from '../domain/merchant-status.ts';
import { onlyRow, type Transaction } from './transaction.ts';

/** A merchant whose row the transaction holds locked. */
export interface LockedMerchant {
  /** `mer_…` */
  id: string;
  status: MerchantStatus;
  currency: string;
  /** IANA name. */
  timeZone: string;
  version: bigint;
}

/** Writes a new merchant, a draft at version 1. */
export async function insertMerchant(transaction: Transaction, id: string, profile: MerchantProfile): Promise<void> {
  await transaction.query(
    'INSERT INTO merchants (id, name, legal_name, country, time_zone, currency) VALUES ($1, $2, $3, $4, $5, $6)',
    [toUuid(id, 'mer'), profile.name, profile.legalName, profile.country, profile.timeZone, profile.currency],
  );
}

/** Locks a merchant to the end of the transaction: commands of one merchant come one after another. */
export async function lockMerchant(transaction: Transaction, id: string): Promise<LockedMerchant | undefined> {
  const { rows } = await transaction.query<Omit<LockedMerchant, 'id'>>(
    'SELECT status, currency, time_zone AS "timeZone", version FROM merchants WHERE id = $1 FOR UPDATE',
    [toUuid(id, 'mer')],
  );
  return rows[0] && { id, ...rows[0] };
}

/** Sets the status with its reason, and raises the version; returns the version. */
export async function writeStatus(
  transaction: Transaction,
  id: string,
  status: MerchantStatus,
  reason?: string,
): Promise<bigint> {
  const { rows } = await transaction.query<{ version: bigint }>(
    'UPDATE merchants SET status = $2, status_reason = $3, version = version + 1 WHERE id = $1 RETURNING version',
    [toUuid(id, 'mer'), status, reason ?? null],
  );
  return onlyRow(rows).version;
}

/** Writes a new store, and raises the merchant's version; returns that version. */
export async function insertStore(
  transaction: Transaction,
  merchantId: string,
  id: string,
  store: StoreProfile,
): Promise<bigint> {
  const { rows } = await transaction.query<{ version: bigint }>(
    `WITH opened AS (INSERT INTO stores (id, merchant_id, name, city) VALUES ($1, $2, $3, $4))
     UPDATE merchants SET version = version + 1 WHERE id = $2 RETURNING version`,
    [toUuid(id, 'sto'), toUuid(merchantId, 'mer'), store.name, store.city],
  );
  return onlyRow(rows).version;
}

/** Identifiers (`sto_…`) of all stores of a merchant, in the order of their opening. */
export async function storeIdsOf(transaction: Transaction, merchantId: string): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>('SELECT id FROM stores WHERE merchant_id = $1 ORDER BY id', [
    toUuid(merchantId, 'mer'),
  ]);
  return rows.map(({ id }) => fromUuid('sto', id));
}
