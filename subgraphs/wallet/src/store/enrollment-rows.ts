import type { Sql } from './connection.ts';
import { readStatement, type Statement } from './read-statement.ts';

const insertIntent = readStatement('insert-enrollment-intent');
const findByKey = readStatement('find-enrollment-by-key');
const findOfConsumer = readStatement('find-enrollment-of-consumer');
const claimOpen = readStatement('claim-open-enrollments');
const complete = readStatement('complete-enrollment');

/** An enrollment as it was decided, before or after the ledger has opened its holder. Ids are UUIDs. */
export interface Enrollment {
  merchantId: string;
  idempotencyKey: string;
  /** Of the normalised input. */
  inputHash: Buffer;
  programId: string;
  consumerId: string;
  walletId: string;
  pointAssetCode: string;
  isComplete: boolean;
}

interface IntentRow {
  merchant_id: string;
  idempotency_key: string;
  input_hash: Buffer;
  program_id: string;
  consumer_id: string;
  wallet_id: string;
  point_asset_code: string;
  completed_at: Date | null;
}

function toEnrollment(row: IntentRow): Enrollment {
  return {
    merchantId: row.merchant_id,
    idempotencyKey: row.idempotency_key,
    inputHash: row.input_hash,
    programId: row.program_id,
    consumerId: row.consumer_id,
    walletId: row.wallet_id,
    pointAssetCode: row.point_asset_code,
    isComplete: row.completed_at !== null,
  };
}

async function findOne(sql: Sql, statement: Statement, values: unknown[]): Promise<Enrollment | undefined> {
  const { rows } = await sql.query<IntentRow>({ ...statement, values });
  return rows[0] && toEnrollment(rows[0]);
}

/** Stores the intent unless its key or its consumer in this program has one; undefined then. */
export function addEnrollment(
  sql: Sql,
  enrollment: Omit<Enrollment, 'isComplete'>,
  firstAttemptAfterMs: number,
): Promise<Enrollment | undefined> {
  const { merchantId, idempotencyKey, inputHash, programId, consumerId, walletId, pointAssetCode } = enrollment;
  return findOne(sql, insertIntent, [
    merchantId,
    idempotencyKey,
    inputHash,
    programId,
    consumerId,
    walletId,
    pointAssetCode,
    firstAttemptAfterMs,
  ]);
}

/** Finds the enrollment that a merchant's key stands for. */
export function findEnrollmentByKey(sql: Sql, merchantId: string, key: string): Promise<Enrollment | undefined> {
  return findOne(sql, findByKey, [merchantId, key]);
}

/** Finds the enrollment of a consumer in a program, open or complete. */
export function findEnrollmentOf(sql: Sql, programId: string, consumerId: string): Promise<Enrollment | undefined> {
  return findOne(sql, findOfConsumer, [programId, consumerId]);
}

/** How the finisher paces itself. */
export interface ClaimPace {
  countMax: number;
  firstDelayMs: number;
  delayMaxMs: number;
}

/** Takes enrollments that stayed open, and puts their next attempt off. Two processes never take the same. */
export async function claimOpenEnrollments(
  sql: Sql,
  { countMax, firstDelayMs, delayMaxMs }: ClaimPace,
): Promise<Enrollment[]> {
  const { rows } = await sql.query<IntentRow>({ ...claimOpen, values: [countMax, firstDelayMs, delayMaxMs] });
  return rows.map(toEnrollment);
}

/** Writes the wallet's row and ends the intent. Doing it twice changes nothing. */
export async function completeEnrollment(sql: Sql, enrollment: Enrollment): Promise<void> {
  const { merchantId, idempotencyKey, walletId, consumerId, programId } = enrollment;
  await sql.query({ ...complete, values: [merchantId, idempotencyKey, walletId, consumerId, programId] });
}
