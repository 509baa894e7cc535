import type { Pool, PoolClient } from 'pg';

import { type RetryOptions, withRetry } from './with-retry.ts';

/**
 * Runs `work` in one READ COMMITTED transaction and commits. PostgreSQL's passing refusals (SQLSTATE 40001, 40P01, 55P03) run
 * the whole of `work` again, at most four times inside the deadline, so `work` must touch nothing but its client.
 * Throws what `work` threw, after a rollback. An error of the connection during the commit leaves the outcome unknown: it is
 * thrown, never retried.
 */
export async function withTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  return withRetry(() => attemptTransaction(pool, work), options);
}

async function attemptTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    // PostgreSQL answers a COMMIT after a failed statement with ROLLBACK, and no error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it failed unnoticed');
    return result;
  } catch (error) {
    isBroken = !(await rollBack(client));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Whether the connection is still good. What broke it is in the error that led here, which the caller gets. */
async function rollBack(client: PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
