import { toUuid } from '@localplus/identifiers';
import type { ProgramTerms } from '../domain/program.ts';
import { writeValidity } from './program-versions.ts';
import { onlyRow, type Transaction } from './transaction.ts';

/** The newest version of a program. */
export interface LatestVersion {
  version: number;
  startsAt: Date;
}

/** A version to write. */
export interface NewProgramVersion extends ProgramTerms, LatestVersion {
  publishedAt: Date;
}

/** How many programs a merchant has. */
export async function countPrograms(transaction: Transaction, merchantId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: bigint }>(
    'SELECT count(*) AS count FROM loyalty_programs WHERE merchant_id = $1',
    [toUuid(merchantId, 'mer')],
  );
  return Number(onlyRow(rows).count);
}

/** Writes a new program; its first version is written apart. */
export async function insertProgram(
  transaction: Transaction,
  merchantId: string,
  program: { id: string; currency: string; pointAssetCode: string },
): Promise<void> {
  await transaction.query(
    'INSERT INTO loyalty_programs (id, merchant_id, currency, point_asset_code) VALUES ($1, $2, $3, $4)',
    [toUuid(program.id, 'prg'), toUuid(merchantId, 'mer'), program.currency, program.pointAssetCode],
  );
}

/** Reads the newest version of a program, whether it has started or not. */
export async function readLatestVersion(transaction: Transaction, programId: string): Promise<LatestVersion> {
  const { rows } = await transaction.query<LatestVersion>(
    `SELECT version, starts_at AS "startsAt" FROM program_versions
      WHERE program_id = $1 ORDER BY version DESC LIMIT 1`,
    [toUuid(programId, 'prg')],
  );
  return onlyRow(rows);
}

/** Writes a version of a program, and raises the program to it. */
export async function insertVersion(
  transaction: Transaction,
  merchantId: string,
  programId: string,
  version: NewProgramVersion,
): Promise<void> {
  const validity = writeValidity(version.validity);
  await transaction.query(
    `WITH raised AS (UPDATE loyalty_programs SET version = $3::integer WHERE id = $2)
     INSERT INTO program_versions (merchant_id, program_id, version, starts_at, point_name, points, per_amount_minor,
       rounding, minimum_purchase_minor, activation_delay_days, point_validity_days, valid_until_date,
       valid_until_end_of_month, inactivity_days, negative_balance, refund_grace_days, published_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      toUuid(merchantId, 'mer'),
      toUuid(programId, 'prg'),
      version.version,
      version.startsAt,
      version.pointName,
      version.points,
      version.perAmountMinor,
      version.rounding,
      version.minimumPurchaseMinor,
      version.activationDelayDays,
      validity.pointValidityDays,
      validity.validUntilDate,
      validity.validUntilEndOfMonth,
      validity.inactivityDays,
      version.negativeBalance,
      version.refundGraceDays,
      version.publishedAt,
    ],
  );
}
