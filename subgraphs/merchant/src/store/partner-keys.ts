import { createHash, timingSafeEqual } from 'node:crypto';
import { fromUuid, toUuid } from '@localplus/identifiers';
import { type PartnerScope, partnerScopes, readPartnerKeyId } from '../domain/partner.ts';
import { onlyRow, type Reader, type Transaction } from './transaction.ts';

/** Whom a key lets act, and as what. */
export interface PartnerAccess {
  /** `prt_…` */
  partnerId: string;
  /** `mer_…` */
  merchantId: string;
  scopes: readonly PartnerScope[];
}

/** Keys have 256 random bits, so nothing slower than a plain hash protects them better. */
function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Compared with where no key was found, so that an unknown identifier takes as long as a wrong secret. */
const hashOfNothing = Buffer.alloc(hashKey('').length);

/** How many keys of a partner are in use. */
export async function countActiveKeys(transaction: Transaction, partnerId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: bigint }>(
    'SELECT count(*) AS count FROM partner_keys WHERE partner_id = $1 AND revoked_at IS NULL',
    [toUuid(partnerId, 'prt')],
  );
  return Number(onlyRow(rows).count);
}

/** Writes a new key of a partner, as its hash. */
export async function insertPartnerKey(
  transaction: Transaction,
  merchantId: string,
  { id, partnerId, key }: { id: string; partnerId: string; key: string },
): Promise<void> {
  await transaction.query('INSERT INTO partner_keys (id, merchant_id, partner_id, key_hash) VALUES ($1, $2, $3, $4)', [
    toUuid(id, 'lpk'),
    toUuid(merchantId, 'mer'),
    toUuid(partnerId, 'prt'),
    hashKey(key),
  ]);
}

/** Revokes a key; one that is revoked already keeps its time. Returns its partner (`prt_…`). */
export async function revokeKey(transaction: Transaction, id: string, revokedAt: Date): Promise<string> {
  const { rows } = await transaction.query<{ partnerId: string }>(
    `UPDATE partner_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING partner_id AS "partnerId"`,
    [toUuid(id, 'lpk'), revokedAt],
  );
  return fromUuid('prt', onlyRow(rows).partnerId);
}

/**
 * Finds whom a key lets act.
 * @param key as the partner sent it
 * @returns undefined for a key that is malformed, unknown, wrong or revoked
 */
export async function findPartnerAccess(reader: Reader, key: string): Promise<PartnerAccess | undefined> {
  const id = readPartnerKeyId(key);
  if (id === undefined) return undefined;
  const { rows } = await reader.query<{ keyHash: Buffer; partnerId: string; merchantId: string; scopes: string[] }>(
    `SELECT k.key_hash AS "keyHash", p.id AS "partnerId", p.merchant_id AS "merchantId", p.scopes
       FROM partner_keys k JOIN partners p ON p.id = k.partner_id
      WHERE k.id = $1 AND k.revoked_at IS NULL`,
    [toUuid(id, 'lpk')],
  );
  const [row] = rows;
  const isRight = timingSafeEqual(row?.keyHash ?? hashOfNothing, hashKey(key));
  if (row === undefined || !isRight) return undefined;
  return {
    partnerId: fromUuid('prt', row.partnerId),
    merchantId: fromUuid('mer', row.merchantId),
    scopes: partnerScopes.filter((scope) => row.scopes.includes(scope)),
  };
}
