import type { Pool, PoolClient } from 'pg';

/** Where commands write: the pool of the role `merchant`. */
export type Database = Pool;

/** An open transaction. Whatever is written through it commits together. */
export type Transaction = PoolClient;

/** What reads run on: a transaction, to see what it wrote, or any connection of the pool. */
export type Reader = Pick<Pool, 'query'> | Pick<PoolClient, 'query'>;

/** The row of a statement that always yields exactly one. */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`a statement that yields one row gave ${rows.length}`);
  return row;
}
