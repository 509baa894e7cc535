import type { Sql } from '../store/connection.ts';

/** A page of a holder's history: the `count` newest transactions below a version. */
export interface HistoryRequest {
  /** UUID. */
  holderId: string;
  /** Only transactions with a lower version of the holder. */
  belowVersion: bigint;
  count: number;
}

/** Where a transaction stands in a holder's history. */
export interface HistoryEntry {
  /** UUID of the transaction. */
  id: string;
  version: bigint;
}

// One look-up on the key of balance_change for each holder, however many are asked for together.
const statement = `
  SELECT wanted.ordinal::integer - 1 AS index, found.transaction_id AS id, found.version
  FROM unnest($1::uuid[], $2::bigint[], $3::integer[]) WITH ORDINALITY AS wanted (holder_id, below, count, ordinal)
  CROSS JOIN LATERAL (
    SELECT transaction_id, version FROM balance_change
    WHERE holder_id = wanted.holder_id AND version < wanted.below
    ORDER BY version DESC LIMIT wanted.count
  ) found
  ORDER BY wanted.ordinal, found.version DESC`;

/** Reads pages of several holders in one statement, each newest first. */
export async function listTransactions(sql: Sql, requests: readonly HistoryRequest[]): Promise<HistoryEntry[][]> {
  const { rows } = await sql.query<HistoryEntry & { index: number }>({
    name: 'list-transactions',
    text: statement,
    values: [
      requests.map(({ holderId }) => holderId),
      requests.map(({ belowVersion }) => belowVersion),
      requests.map(({ count }) => count),
    ],
  });
  const pages: HistoryEntry[][] = requests.map(() => []);
  for (const { index, id, version } of rows) pages[index]?.push({ id, version });
  return pages;
}
