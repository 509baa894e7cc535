import type { Asset } from '../domain/balance.ts';
import type { Sql } from '../store/connection.ts';

/** All accounts of one kind and asset, added up. */
export interface TrialBalanceRow {
  kind: string;
  normalSide: 'DEBIT' | 'CREDIT';
  asset: Asset;
  accountCount: number;
  debits: bigint;
  credits: bigint;
  balance: bigint;
}

interface StoredRow {
  kind: string;
  normal_side: 'DEBIT' | 'CREDIT';
  code: string;
  scale: number;
  account_count: number;
  debits: string;
  credits: string;
  balance: string;
}

const statement = `
  SELECT a.kind, a.normal_side, s.code, s.scale, count(*)::integer AS account_count,
         sum(a.debits)::text AS debits, sum(a.credits)::text AS credits, sum(a.balance)::text AS balance
  FROM account a JOIN asset s ON s.id = a.asset_id
  WHERE a.merchant_id = $1
  GROUP BY a.kind, a.normal_side, s.code, s.scale
  ORDER BY s.code, a.kind`;

/** Adds up a merchant's accounts in one statement, so that the rows are of one instant. */
export async function readTrialBalance(sql: Sql, merchantId: string): Promise<TrialBalanceRow[]> {
  const { rows } = await sql.query<StoredRow>(statement, [merchantId]);
  return rows.map((row) => ({
    kind: row.kind,
    normalSide: row.normal_side,
    asset: { code: row.code, scale: row.scale },
    accountCount: row.account_count,
    // Sums of many accounts may exceed 64 bits, and so travel as text.
    debits: BigInt(row.debits),
    credits: BigInt(row.credits),
    balance: BigInt(row.balance),
  }));
}
