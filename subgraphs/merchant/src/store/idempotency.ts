import type { Transaction } from './transaction.ts';

/** The first use of a key. */
export interface FirstAttempt<Result> {
  command: string;
  inputHash: Buffer;
  result: Result;
}

/** Taken by commands of the platform's scope, which has no row to lock. Its value means nothing. */
const platformLock = 4_103;

/** Lets commands of the platform's scope come one after another, to the end of the transaction. */
export async function lockPlatform(transaction: Transaction): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [platformLock]);
}

/** Looks for the first use of a key. Ask only under the scope's lock: a key in the making is invisible. */
export async function findFirstAttempt<Result>(
  transaction: Transaction,
  scope: string,
  key: string,
): Promise<FirstAttempt<Result> | undefined> {
  const { rows } = await transaction.query<FirstAttempt<Result>>(
    'SELECT command, input_hash AS "inputHash", result FROM idempotency_keys WHERE scope = $1 AND key = $2',
    [scope, key],
  );
  return rows[0];
}

/** Keeps the use of a key, with what it answered. */
export async function insertFirstAttempt<Result>(
  transaction: Transaction,
  scope: string,
  key: string,
  { command, inputHash, result }: FirstAttempt<Result>,
): Promise<void> {
  await transaction.query(
    'INSERT INTO idempotency_keys (scope, key, command, input_hash, result) VALUES ($1, $2, $3, $4, $5)',
    [scope, key, command, inputHash, JSON.stringify(result)],
  );
}
