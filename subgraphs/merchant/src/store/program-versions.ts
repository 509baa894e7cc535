import type { ProgramTerms } from '../domain/program.ts';
import type { Validity } from '../domain/validity.ts';
import type { Reader } from './transaction.ts';

/** One version of a program, as it was published. */
export interface ProgramVersionState extends ProgramTerms {
  version: number;
  startsAt: Date;
  publishedAt: Date;
}

/** The columns of which at most one says how long points are valid. */
export interface ValidityColumns {
  pointValidityDays: number | null;
  /** `2027-06-30` */
  validUntilDate: string | null;
  validUntilEndOfMonth: number | null;
  inactivityDays: number | null;
}

/** A row of `program_versions` as `versionColumns` name its columns. */
export type ProgramVersionRow = Omit<ProgramVersionState, 'validity'> & ValidityColumns;

/** The columns of `program_versions v`. */
export const versionColumns = `v.version, v.starts_at AS "startsAt", v.published_at AS "publishedAt",
  v.point_name AS "pointName", v.points, v.per_amount_minor AS "perAmountMinor", v.rounding,
  v.minimum_purchase_minor AS "minimumPurchaseMinor", v.activation_delay_days AS "activationDelayDays",
  v.point_validity_days AS "pointValidityDays", to_char(v.valid_until_date, 'YYYY-MM-DD') AS "validUntilDate",
  v.valid_until_end_of_month AS "validUntilEndOfMonth", v.inactivity_days AS "inactivityDays",
  v.negative_balance AS "negativeBalance", v.refund_grace_days AS "refundGraceDays"`;

/** Reads a version out of a row that may have more columns. */
export function readVersion(row: ProgramVersionRow): ProgramVersionState {
  return {
    version: row.version,
    startsAt: row.startsAt,
    publishedAt: row.publishedAt,
    pointName: row.pointName,
    points: row.points,
    perAmountMinor: row.perAmountMinor,
    rounding: row.rounding,
    minimumPurchaseMinor: row.minimumPurchaseMinor,
    activationDelayDays: row.activationDelayDays,
    validity: readValidity(row),
    negativeBalance: row.negativeBalance,
    refundGraceDays: row.refundGraceDays,
  };
}

function readValidity(row: ValidityColumns): Validity {
  if (row.pointValidityDays !== null) return { kind: 'DAYS', days: row.pointValidityDays };
  if (row.validUntilDate !== null) return { kind: 'FIXED_DATE', on: row.validUntilDate };
  if (row.validUntilEndOfMonth !== null) return { kind: 'END_OF_MONTH', months: row.validUntilEndOfMonth };
  if (row.inactivityDays !== null) return { kind: 'INACTIVITY', days: row.inactivityDays };
  return { kind: 'UNLIMITED' };
}

/** Writes a validity as the columns that say it. */
export function writeValidity(validity: Validity): ValidityColumns {
  return {
    pointValidityDays: validity.kind === 'DAYS' ? validity.days : null,
    validUntilDate: validity.kind === 'FIXED_DATE' ? validity.on : null,
    validUntilEndOfMonth: validity.kind === 'END_OF_MONTH' ? validity.months : null,
    inactivityDays: validity.kind === 'INACTIVITY' ? validity.days : null,
  };
}

/**
 * Reads the version of each program that is in force at an instant: the highest that has started; before the first start, the
 * first.
 * @param programIds UUIDs
 */
export async function readVersionsInForce(
  reader: Reader,
  programIds: readonly string[],
  at: Date,
): Promise<Map<string, ProgramVersionState>> {
  const { rows } = await reader.query<ProgramVersionRow & { programId: string }>(
    `SELECT programs.id AS "programId", ${versionColumns}
       FROM unnest($1::uuid[]) AS programs (id)
      CROSS JOIN LATERAL (
        SELECT * FROM program_versions WHERE program_id = programs.id AND (starts_at <= $2 OR version = 1)
         ORDER BY version DESC LIMIT 1
      ) AS v`,
    [programIds, at],
  );
  return new Map(rows.map((row) => [row.programId, readVersion(row)]));
}

/**
 * Reads the same page of the versions of several programs, ascending, in one statement.
 * @param programIds UUIDs
 * @returns by program, the versions on the page and one more when more follow
 */
export async function readVersionPages(
  reader: Reader,
  programIds: readonly string[],
  { first, after }: { first: number; after: number },
): Promise<Map<string, ProgramVersionState[]>> {
  const { rows } = await reader.query<ProgramVersionRow & { programId: string }>(
    `SELECT programs.id AS "programId", ${versionColumns}
       FROM unnest($1::uuid[]) AS programs (id)
      CROSS JOIN LATERAL (
        SELECT * FROM program_versions WHERE program_id = programs.id AND version > $2 ORDER BY version LIMIT $3
      ) AS v
      ORDER BY programs.id, v.version`,
    [programIds, after, first + 1],
  );
  const pages = new Map<string, ProgramVersionState[]>();
  for (const row of rows) pages.set(row.programId, [...(pages.get(row.programId) ?? []), readVersion(row)]);
  return pages;
}

/**
 * Reads one version of a program.
 * @param programId UUID
 */
export async function readProgramVersion(
  reader: Reader,
  programId: string,
  version: number,
): Promise<ProgramVersionState> {
  const pages = await readVersionPages(reader, [programId], { first: 1, after: version - 1 });
  const found = pages.get(programId)?.[0];
  if (found?.version !== version) throw new Error(`the program ${programId} has no version ${version}`);
  return found;
}
