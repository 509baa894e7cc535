import type { ProgramTerms } from '../domain/program.ts';
import type { Reader } from './transaction.ts';

/** One version of a program, as it was published. */
export interface ProgramVersionState extends ProgramTerms {
  version: number;
  startsAt: Date;
  publishedAt: Date;
}

/** A row of `program_versions` as `versionColumns` name its columns. */
export type ProgramVersionRow = Omit<ProgramVersionState, 'pointValidityDays'> & { pointValidityDays: number | null };

/** The columns of `program_versions v`. */
export const versionColumns = `v.version, v.starts_at AS "startsAt", v.published_at AS "publishedAt",
  v.point_name AS "pointName", v.points, v.per_amount_minor AS "perAmountMinor", v.rounding,
  v.minimum_purchase_minor AS "minimumPurchaseMinor", v.point_validity_days AS "pointValidityDays"`;

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
    pointValidityDays: row.pointValidityDays ?? undefined,
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
