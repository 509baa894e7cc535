import type { TransactionKind } from '../domain/balance-change.ts';
import type { Sql } from './connection.ts';
import { readSql } from './read-sql.ts';

const findTransactionStatement = { name: 'find-transaction', text: readSql('find-transaction') };

/** What of a posted transaction never changes and tells whose it is. Ids are UUIDs. */
export interface TransactionFound {
  id: string;
  kind: TransactionKind;
  merchantId: string;
  holderId: string;
  programId: string;
  /** The program's version that it was made under. */
  programVersion: number;
  holdId: string | undefined;
}

interface TransactionRow {
  id: string;
  kind: TransactionKind;
  merchant_id: string;
  holder_id: string;
  program_id: string;
  program_version: number;
  hold_id: string | null;
}

/** Finds transactions by their UUIDs in one statement; undefined where there is none. */
export async function findTransactions(sql: Sql, ids: readonly string[]): Promise<(TransactionFound | undefined)[]> {
  const { rows } = await sql.query<TransactionRow>({ ...findTransactionStatement, values: [[...new Set(ids)]] });
  const found = new Map(rows.map((row) => [row.id, readTransaction(row)]));
  return ids.map((id) => found.get(id));
}

function readTransaction(row: TransactionRow): TransactionFound {
  return {
    id: row.id,
    kind: row.kind,
    merchantId: row.merchant_id,
    holderId: row.holder_id,
    programId: row.program_id,
    programVersion: row.program_version,
    holdId: row.hold_id ?? undefined,
  };
}

/** Finds the holders of holds, all by UUID, in one statement; undefined where there is no such hold. */
export async function findHoldersOfHolds(sql: Sql, holdIds: readonly string[]): Promise<(string | undefined)[]> {
  const { rows } = await sql.query<{ id: string; holder_id: string }>({
    name: 'find-holders-of-holds',
    text: `SELECT h.id, h.holder_id FROM unnest($1::uuid[]) wanted (id)
           CROSS JOIN LATERAL (SELECT h.id, h.holder_id FROM hold h WHERE h.id = wanted.id LIMIT 1) h`,
    values: [[...new Set(holdIds)]],
  });
  const found = new Map(rows.map(({ id, holder_id: holderId }) => [id, holderId]));
  return holdIds.map((id) => found.get(id));
}
