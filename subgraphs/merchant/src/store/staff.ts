import { parseId, toUuid } from '@localplus/identifiers';
import type { Login, Role, Workplace } from '../domain/staff.ts';
import { onlyRow, type Transaction } from './transaction.ts';

/** Somebody who works for a merchant. */
export interface StaffMemberRow extends Login {
  role: Role;
}

interface NewStaffMember extends StaffMemberRow {
  /** `stf_…` */
  id: string;
  displayName: string;
  workplace: Workplace;
}

/** Writes a new staff member. */
export async function insertStaffMember(
  transaction: Transaction,
  merchantId: string,
  member: NewStaffMember,
): Promise<void> {
  const { id, issuer, subject, displayName, role, workplace } = member;
  await transaction.query(
    `INSERT INTO staff_members (id, merchant_id, issuer, subject, display_name, role, works_in_all_stores)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [toUuid(id, 'stf'), toUuid(merchantId, 'mer'), issuer, subject, displayName, role, workplace === 'all'],
  );
  await insertWorkplace(transaction, merchantId, id, workplace);
}

/** Whether the login is staff of the merchant. */
export async function isStaff(
  transaction: Transaction,
  merchantId: string,
  { issuer, subject }: Login,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT FROM staff_members WHERE merchant_id = $1 AND issuer = $2 AND subject = $3',
    [toUuid(merchantId, 'mer'), issuer, subject],
  );
  return rowCount === 1;
}

/** Reads a staff member of a merchant; undefined where there is none, or none any more. */
export async function readStaffMember(
  transaction: Transaction,
  merchantId: string,
  id: string,
): Promise<StaffMemberRow | undefined> {
  const uuid = parseId(id, 'stf');
  if (uuid === undefined) return undefined;
  const { rows } = await transaction.query<StaffMemberRow>(
    'SELECT issuer, subject, role FROM staff_members WHERE merchant_id = $1 AND id = $2',
    [toUuid(merchantId, 'mer'), uuid],
  );
  return rows[0];
}

/** How many of a merchant's staff have a role, or any. */
export async function countStaff(transaction: Transaction, merchantId: string, role?: Role): Promise<number> {
  const { rows } = await transaction.query<{ count: bigint }>(
    'SELECT count(*) AS count FROM staff_members WHERE merchant_id = $1 AND role = coalesce($2, role)',
    [toUuid(merchantId, 'mer'), role ?? null],
  );
  return Number(onlyRow(rows).count);
}

/** Replaces a staff member's role and stores. */
export async function updateStaffMember(
  transaction: Transaction,
  merchantId: string,
  id: string,
  { role, workplace }: { role: Role; workplace: Workplace },
): Promise<void> {
  await transaction.query('DELETE FROM staff_member_stores WHERE staff_member_id = $1', [toUuid(id, 'stf')]);
  await transaction.query('UPDATE staff_members SET role = $2, works_in_all_stores = $3 WHERE id = $1', [
    toUuid(id, 'stf'),
    role,
    workplace === 'all',
  ]);
  await insertWorkplace(transaction, merchantId, id, workplace);
}

/** Deletes a staff member with all personal data. */
export async function deleteStaffMember(transaction: Transaction, id: string): Promise<void> {
  await transaction.query('DELETE FROM staff_members WHERE id = $1', [toUuid(id, 'stf')]);
}

async function insertWorkplace(
  transaction: Transaction,
  merchantId: string,
  id: string,
  workplace: Workplace,
): Promise<void> {
  if (workplace === 'all') return;
  await transaction.query(
    `INSERT INTO staff_member_stores (merchant_id, staff_member_id, store_id)
     SELECT $1, $2, store_id FROM unnest($3::uuid[]) AS store_id`,
    [toUuid(merchantId, 'mer'), toUuid(id, 'stf'), workplace.map((storeId) => toUuid(storeId, 'sto'))],
  );
}
