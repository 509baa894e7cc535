import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import type { Login, Role } from '../domain/staff.ts';
import type { Database, Reader } from './transaction.ts';

/** What a login is at one merchant. */
export interface Membership {
  /** `mer_…` */
  merchantId: string;
  role: Role;
  /** `sto_…`; `all` for all of the merchant's. */
  storeIds: 'all' | string[];
}

/** Reads what a login is at every merchant that it works for. */
export async function readMemberships(reader: Reader, { issuer, subject }: Login): Promise<Membership[]> {
  const { rows } = await reader.query<{ merchantId: string; role: Role; isEverywhere: boolean; storeIds: string[] }>(
    `SELECT s.merchant_id AS "merchantId", s.role, s.works_in_all_stores AS "isEverywhere",
            array(SELECT w.store_id FROM staff_member_stores w WHERE w.staff_member_id = s.id ORDER BY w.store_id) AS "storeIds"
       FROM staff_members s
      WHERE s.login = $1::text || '|' || $2::text
      ORDER BY s.merchant_id`,
    [issuer, subject],
  );
  return rows.map(({ merchantId, role, isEverywhere, storeIds }) => ({
    merchantId: fromUuid('mer', merchantId),
    role,
    storeIds: isEverywhere ? 'all' : storeIds.map((id) => fromUuid('sto', id)),
  }));
}

/** Whether a login runs the platform. */
export async function isPlatformOperator(reader: Reader, { issuer, subject }: Login): Promise<boolean> {
  const { rowCount } = await reader.query('SELECT FROM platform_operators WHERE issuer = $1 AND subject = $2', [
    issuer,
    subject,
  ]);
  return rowCount === 1;
}

/** Makes logins platform operators; those that are already stay so. */
export async function addPlatformOperators(database: Database, logins: readonly Login[]): Promise<void> {
  for (const { issuer, subject } of logins) {
    await database.query(
      `INSERT INTO platform_operators (id, issuer, subject) VALUES ($1, $2, $3)
       ON CONFLICT ON CONSTRAINT platform_operators_issuer_subject_key DO NOTHING`,
      [toUuid(newId('opr'), 'opr'), issuer, subject],
    );
  }
}
