import type { MerchantNews, ProgramNews } from '../domain/news.ts';
import type { NegativeBalance, Program, ProgramVersion, Validity } from '../domain/program.ts';
import type { Sql } from './connection.ts';

// The same version may be told again with more than was told, or could be kept, the first time.
const saveMerchantStatement = `
  INSERT INTO merchant (id, status, version, store_ids, time_zone, country) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT ON CONSTRAINT merchant_pkey
    DO UPDATE SET status = excluded.status, version = excluded.version, store_ids = excluded.store_ids,
                  time_zone = excluded.time_zone, country = coalesce(excluded.country, merchant.country)
    WHERE merchant.version <= excluded.version`;

/** Keeps what is said of a merchant, unless something newer is known: news may come twice and in any order. */
export async function saveMerchant(sql: Sql, news: MerchantNews): Promise<void> {
  const { merchantId, status, version, storeIds, timeZone, country } = news;
  await sql.query(saveMerchantStatement, [merchantId, status, version, storeIds, timeZone, country ?? null]);
}

// A version of the terms never changes, so one that is known is left alone, unless not all of it was told.
const saveProgramStatement = `
  WITH saved AS (
    INSERT INTO program (id, merchant_id, version, currency, point_asset_code) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT ON CONSTRAINT program_pkey DO UPDATE SET version = excluded.version
      WHERE program.version <= excluded.version
    RETURNING id
  )
  INSERT INTO program_version (
    program_id, version, starts_at, points, per_amount_minor, rounding, minimum_purchase_minor,
    activation_delay_days, validity, negative_balance, refund_grace_days
  )
  SELECT saved.id, terms.*
  FROM saved CROSS JOIN unnest(
    $6::integer[], $7::timestamptz[], $8::bigint[], $9::bigint[], $10::text[], $11::bigint[],
    $12::integer[], $13::jsonb[], $14::text[], $15::integer[]
  ) terms
  ON CONFLICT ON CONSTRAINT program_version_pkey
    DO UPDATE SET activation_delay_days = excluded.activation_delay_days, validity = excluded.validity,
                  negative_balance = excluded.negative_balance, refund_grace_days = excluded.refund_grace_days
    WHERE program_version.validity IS NULL`;

/** Keeps what is said of a program, unless something newer is known. */
export async function saveProgram(sql: Sql, program: ProgramNews): Promise<void> {
  const { programId, merchantId, version, currency, pointAssetCode, versions } = program;
  await sql.query(saveProgramStatement, [
    programId,
    merchantId,
    version,
    currency,
    pointAssetCode,
    versions.map((terms) => terms.version),
    versions.map((terms) => terms.startsAt),
    versions.map((terms) => terms.points),
    versions.map((terms) => terms.perAmountMinor),
    versions.map((terms) => terms.rounding),
    versions.map((terms) => terms.minimumPurchaseMinor),
    versions.map((terms) => terms.activationDelayDays),
    versions.map((terms) => JSON.stringify(terms.validity)),
    versions.map((terms) => terms.negativeBalance),
    versions.map((terms) => terms.refundGraceDays),
  ]);
}

interface ProgramRow {
  merchant_id: string;
  currency: string;
  point_asset_code: string;
  time_zone: string;
  country: string;
  store_ids: string[];
  version: number;
  starts_at: Date;
  points: bigint;
  per_amount_minor: bigint;
  rounding: ProgramVersion['rounding'];
  minimum_purchase_minor: bigint;
  activation_delay_days: number;
  validity: Validity;
  negative_balance: NegativeBalance;
  refund_grace_days: number;
}

const loadProgramStatement = `
  SELECT p.merchant_id, p.currency, p.point_asset_code, m.time_zone, m.country, m.store_ids,
         v.version, v.starts_at, v.points, v.per_amount_minor, v.rounding, v.minimum_purchase_minor,
         v.activation_delay_days, v.validity, v.negative_balance, v.refund_grace_days
  FROM program p
  JOIN merchant m ON m.id = p.merchant_id
  JOIN program_version v ON v.program_id = p.id
  WHERE p.id = $1 AND m.time_zone IS NOT NULL AND m.country IS NOT NULL
    AND NOT EXISTS (SELECT FROM program_version WHERE program_id = p.id AND validity IS NULL)
  ORDER BY v.version`;

/** Reads a program; undefined where nothing, or not enough, was heard of it. */
export async function loadProgram(sql: Sql, programId: string): Promise<Program | undefined> {
  const { rows } = await sql.query<ProgramRow>({
    name: 'load-program',
    text: loadProgramStatement,
    values: [programId],
  });
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    id: programId,
    merchantId: first.merchant_id,
    currency: first.currency,
    pointAssetCode: first.point_asset_code,
    timeZone: first.time_zone,
    country: first.country,
    storeIds: first.store_ids,
    versions: rows.map((row) => ({
      version: row.version,
      startsAt: row.starts_at,
      points: row.points,
      perAmountMinor: row.per_amount_minor,
      rounding: row.rounding,
      minimumPurchaseMinor: row.minimum_purchase_minor,
      activationDelayDays: row.activation_delay_days,
      validity: row.validity,
      negativeBalance: row.negative_balance,
      refundGraceDays: row.refund_grace_days,
    })),
  };
}
