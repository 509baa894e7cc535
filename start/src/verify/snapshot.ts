import { createPool, type withTransaction } from '@localplus/postgres';

/** A check reads everything there is: hours are a mistake, minutes are not. */
const statementTimeoutMs = 3_600_000;
/** For each sort and hash table; what needs more goes to disk, so memory does not grow with the ledger. */
const workMemory = '64MB';

/** What statements run on inside a snapshot. */
export type Snapshot = Parameters<Parameters<typeof withTransaction>[1]>[0];

/**
 * Works on a database as it is at one instant, however long it takes and whatever is posted meanwhile. Nothing can be written:
 * PostgreSQL refuses it for the whole transaction.
 * @param connectionString as a login role
 */
export async function withSnapshot<Result>(
  connectionString: string,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const pool = createPool({ connectionString, name: 'verify', max: 1, statementTimeoutMs });
  try {
    const client = await pool.connect();
    let isOver = false;
    try {
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // Between two statements the other snapshot may be at work for long.
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL work_mem = '${workMemory}'`);
      // The first statement that reads takes the snapshot.
      await client.query('SELECT FROM pg_class LIMIT 1');
      const result = await work(client);
      await client.query('ROLLBACK');
      isOver = true;
      return result;
    } finally {
      client.release(!isOver);
    }
  } finally {
    await pool.end();
  }
}
