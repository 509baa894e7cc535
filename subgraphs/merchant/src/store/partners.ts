import { toUuid } from '@localplus/identifiers';
import type { PartnerProfile } from '../domain/partner.ts';
import { onlyRow, type Transaction } from './transaction.ts';

/** How many partners a merchant has. */
export async function countPartners(transaction: Transaction, merchantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: bigint }>(
    'SELECT count(*) AS count FROM partners WHERE merchant_id = $1',
    [toUuid(merchantId, 'mer')],
  );
  return Number(onlyRow(rows).count);
}

/** Writes a new partner. */
export async function insertPartner(
  transaction: Transaction,
  merchantId: string,
  id: string,
  { name, scopes }: PartnerProfile,
): Promise<void> {
  await transaction.query('INSERT INTO partners (id, merchant_id, name, scopes) VALUES ($1, $2, $3, $4)', [
    toUuid(id, 'prt'),
    toUuid(merchantId, 'mer'),
    name,
    scopes,
  ]);
}
