import type { Limit, LimitTerms, LimitUse } from '../domain/limit-rule.ts';
import type { Sql } from './connection.ts';

/** The key that a command on a limit was sent with, and the digest of its input. */
export interface LimitKey {
  scope: string;
  key: string;
  inputHash: Buffer;
}

/** What became of a command on a limit. */
export type LimitOutcome<Refused extends string> =
  | { status: 'DONE' | 'REPLAYED'; limitId: string }
  | { status: 'KEY_REUSED' | Refused };

interface DoneRow {
  status: 'DONE' | 'REPLAYED';
  limit_rule_id: string;
}
type OutcomeRow<Refused extends string> = DoneRow | { status: 'KEY_REUSED' | Refused; limit_rule_id: string | null };

interface LimitRow {
  id: string;
  merchant_id: string | null;
  country: string | null;
  asset_code: string;
  movement: LimitTerms['movement'];
  counted_per: LimitTerms['countedPer'];
  period: LimitTerms['period'];
  time_zone: string;
  amount_max: bigint | null;
  count_max: bigint | null;
  created_at: Date;
  ended_at: Date | null;
}

interface UseRow extends LimitRow {
  amount_used: bigint | null;
  count_used: bigint | null;
  period_ends_at: Date | null;
}

const columns = `r.id, r.merchant_id, r.country, r.asset_code, r.movement, r.counted_per, r.period, r.time_zone, r.amount_max,
  r.count_max, r.created_at, r.ended_at`;

/** A limit and what its subject has used of it, of those in force; `$1` names a merchant and `$2` its holder, or none. */
const inForce = `
  SELECT ${columns}, coalesce(u.amount, 0) AS amount_used, coalesce(u.count, 0) AS count_used,
         (p.begins_on + ('1 ' || r.period)::interval) AT TIME ZONE r.time_zone AS period_ends_at
  FROM limit_rule r
  LEFT JOIN merchant m ON m.id = $1
  CROSS JOIN LATERAL (SELECT period_start(r.period, clock_timestamp(), r.time_zone) AS begins_on) p
  LEFT JOIN limit_usage u ON u.rule_id = r.id AND u.period_start = p.begins_on
    AND u.subject = CASE r.counted_per WHEN 'HOLDER' THEN $2::text WHEN 'MERCHANT' THEN $1::text ELSE r.country END
  WHERE r.ended_at IS NULL AND (r.merchant_id IS NULL OR r.merchant_id = $1)
    AND (r.country IS NULL OR m.country IS NULL OR r.country = m.country)`;

const statements = {
  define: {
    name: 'define-limit',
    text: `SELECT * FROM define_limit(${Array.from({ length: 14 }, (_, index) => `$${index + 1}`).join(', ')})`,
  },
  end: { name: 'end-limit', text: 'SELECT * FROM end_limit($1, $2, $3, $4)' },
  find: { name: 'find-limit', text: `SELECT ${columns} FROM limit_rule r WHERE r.id = $1` },
  ofMerchant: { name: 'limits-of-merchant', text: `${inForce} ORDER BY r.id` },
  ofHolder: {
    name: 'limits-of-holder',
    text: `${inForce} AND r.counted_per = 'HOLDER' AND r.asset_code IN (
      SELECT s.code FROM account a JOIN asset s ON s.id = a.asset_id WHERE a.holder_id = $2::uuid
    ) ORDER BY r.id`,
  },
  findMerchant: { name: 'calendar-of-merchant', text: 'SELECT time_zone FROM merchant WHERE id = $1' },
  isAssetOf: {
    name: 'is-asset-of',
    text: `SELECT FROM program p WHERE p.point_asset_code = $1 AND ($2::uuid IS NULL OR p.merchant_id = $2)`,
  },
};

/** Begins a limit, once for its key. @throws an error of PostgreSQL with SQLSTATE 22023 where it does not know the time zone */
export async function defineLimit(
  sql: Sql,
  { scope, key, inputHash }: LimitKey,
  { id, inForceMax, ...terms }: LimitTerms & { id: string; inForceMax: number },
): Promise<LimitOutcome<'TOO_MANY'>> {
  const { merchantId, country, assetCode, movement, countedPer, period, timeZone, amountMax, countMax } = terms;
  const values = [
    ...[scope, key, inputHash, id, merchantId ?? null, country ?? null, assetCode, movement, countedPer, period],
    ...[timeZone, amountMax ?? null, countMax ?? null, inForceMax],
  ];
  return outcomeOf((await sql.query<OutcomeRow<'TOO_MANY'>>({ ...statements.define, values })).rows);
}

/** Ends a limit, once for its key. */
export async function endLimit(
  sql: Sql,
  { scope, key, inputHash }: LimitKey,
  limitId: string,
): Promise<LimitOutcome<'NOT_IN_FORCE'>> {
  const values = [scope, key, inputHash, limitId];
  return outcomeOf((await sql.query<OutcomeRow<'NOT_IN_FORCE'>>({ ...statements.end, values })).rows);
}

/** Finds a limit, in force or ended, by its UUID. */
export async function findLimit(sql: Sql, limitId: string): Promise<Limit | undefined> {
  const { rows } = await sql.query<LimitRow>({ ...statements.find, values: [limitId] });
  return rows[0] && readLimit(rows[0]);
}

/** What limits are in force for a merchant, its own and those of everybody, and what is used of them now. */
export function listLimitsOfMerchant(sql: Sql, merchantId: string): Promise<{ limit: Limit; use: LimitUse }[]> {
  return list(sql, { ...statements.ofMerchant, values: [merchantId, null] });
}

/** What limits a holder has to keep by itself, and what it has used of them now. */
export function listLimitsOfHolder(
  sql: Sql,
  { merchantId, holderId }: { merchantId: string; holderId: string },
): Promise<{ limit: Limit; use: LimitUse }[]> {
  return list(sql, { ...statements.ofHolder, values: [merchantId, holderId] });
}

/** The IANA name of a merchant's time zone; undefined where nothing was heard of the merchant. */
export async function findTimeZone(sql: Sql, merchantId: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ time_zone: string | null }>({ ...statements.findMerchant, values: [merchantId] });
  return rows[0]?.time_zone ?? undefined;
}

/** Whether an asset is the points of a program: of the merchant, where one is named. */
export async function isProgramAsset(sql: Sql, assetCode: string, merchantId: string | undefined): Promise<boolean> {
  const { rowCount } = await sql.query({ ...statements.isAssetOf, values: [assetCode, merchantId ?? null] });
  return (rowCount ?? 0) > 0;
}

function outcomeOf<Refused extends string>([row]: readonly OutcomeRow<Refused>[]): LimitOutcome<Refused> {
  if (row === undefined) throw new Error('A command on a limit answered nothing.');
  return isDone(row) ? { status: row.status, limitId: row.limit_rule_id } : { status: row.status };
}

function isDone(row: OutcomeRow<string>): row is DoneRow {
  return row.status === 'DONE' || row.status === 'REPLAYED';
}

async function list(
  sql: Sql,
  statement: { name: string; text: string; values: readonly (string | null)[] },
): Promise<{ limit: Limit; use: LimitUse }[]> {
  const { rows } = await sql.query<UseRow>({ ...statement, values: [...statement.values] });
  return rows.map((row) => ({
    limit: readLimit(row),
    use: { amount: row.amount_used ?? 0n, count: row.count_used ?? 0n, periodEndsAt: row.period_ends_at ?? undefined },
  }));
}

function readLimit(row: LimitRow): Limit {
  return {
    id: row.id,
    merchantId: row.merchant_id ?? undefined,
    country: row.country ?? undefined,
    assetCode: row.asset_code,
    movement: row.movement,
    countedPer: row.counted_per,
    period: row.period,
    timeZone: row.time_zone,
    amountMax: row.amount_max ?? undefined,
    countMax: row.count_max ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}
