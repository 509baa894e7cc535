import type { Asset } from '../domain/balance.ts';
import type { VatType } from '../domain/lot.ts';
import type { Sql } from '../store/connection.ts';

/** What a merchant owes to its holders in one asset, by how VAT treats it. In the asset's smallest unit. */
export interface LiabilityRow {
  asset: Asset;
  vatType: VatType;
  /** Lots with value left. */
  openLotCount: bigint;
  pending: bigint;
  available: bigint;
  held: bigint;
}

interface StoredRow {
  code: string;
  scale: number;
  vat_type: VatType;
  open_lot_count: bigint;
  pending: string;
  available: string;
  held: string;
}

/** By the index of the holders' lots: one of the merchants' would cost each new lot a third of its time. */
const openLots = `l.is_open AND l.holder_id IN (SELECT a.holder_id FROM account a WHERE a.merchant_id = $1)`;

const statement = `
  SELECT s.code, s.scale, l.vat_type, count(*) AS open_lot_count,
         sum(l.pending)::text AS pending, sum(l.available)::text AS available, sum(l.held)::text AS held
  FROM lot l JOIN asset s ON s.id = l.asset_id
  WHERE ${openLots}
  GROUP BY s.code, s.scale, l.vat_type
  ORDER BY s.code, l.vat_type`;

/**
 * Adds up what a merchant owes, in one statement, so that the rows are of one instant.
 * @param merchantId UUID
 */
export async function readLiability(sql: Sql, merchantId: string): Promise<LiabilityRow[]> {
  const { rows } = await sql.query<StoredRow>({ name: 'read-liability', text: statement, values: [merchantId] });
  return rows.map((row) => ({
    asset: { code: row.code, scale: row.scale },
    vatType: row.vat_type,
    openLotCount: row.open_lot_count,
    // Sums of many lots may exceed 64 bits, and so travel as text.
    pending: BigInt(row.pending),
    available: BigInt(row.available),
    held: BigInt(row.held),
  }));
}

/** What a merchant owes to its holders in one asset: by its lots, and by its books. In the asset's smallest unit. */
export interface LiabilityTotal {
  asset: Asset;
  pending: bigint;
  available: bigint;
  held: bigint;
  /** What the accounts of its holders have, which is the same. */
  ofAccounts: bigint;
}

interface StoredTotal {
  code: string;
  scale: number;
  pending: string;
  available: string;
  held: string;
  of_accounts: string;
}

const totalStatement = `
  SELECT s.code, s.scale, coalesce(l.pending, 0)::text AS pending, coalesce(l.available, 0)::text AS available,
         coalesce(l.held, 0)::text AS held, coalesce(a.balance, 0)::text AS of_accounts
  FROM (
    SELECT asset_id, sum(balance) AS balance FROM account
    WHERE merchant_id = $1 AND part IN ('PENDING', 'AVAILABLE', 'HELD') GROUP BY asset_id
  ) a
  FULL JOIN (
    SELECT asset_id, sum(pending) AS pending, sum(available) AS available, sum(held) AS held FROM lot l
    WHERE ${openLots} GROUP BY asset_id
  ) l USING (asset_id)
  JOIN asset s ON s.id = asset_id
  ORDER BY s.code`;

/**
 * Adds up what a merchant owes, by its lots and by its books, in one statement, so that both are of one instant.
 * @param merchantId UUID
 */
export async function readLiabilityTotals(sql: Sql, merchantId: string): Promise<LiabilityTotal[]> {
  const { rows } = await sql.query<StoredTotal>({
    name: 'read-liability-totals',
    text: totalStatement,
    values: [merchantId],
  });
  return rows.map((row) => ({
    asset: { code: row.code, scale: row.scale },
    pending: BigInt(row.pending),
    available: BigInt(row.available),
    held: BigInt(row.held),
    ofAccounts: BigInt(row.of_accounts),
  }));
}
