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

const statement = `
  SELECT s.code, s.scale, l.vat_type, count(*) AS open_lot_count,
         sum(l.pending)::text AS pending, sum(l.available)::text AS available, sum(l.held)::text AS held
  FROM lot l JOIN asset s ON s.id = l.asset_id
  WHERE l.merchant_id = $1 AND l.is_open
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
