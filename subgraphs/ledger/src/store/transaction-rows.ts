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

/** Finds a transaction by its UUID; undefined where there is none. */
export async function findTransaction(sql: Sql, transactionId: string): Promise<TransactionFound | undefined> {
  const { rows } = await sql.query<TransactionRow>({ ...findTransactionStatement, values: [transactionId] });
  const [row] = rows;
  if (row === undefined) return undefined;
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

/** Finds the holder of a hold, both by UUID; undefined where there is no such hold. */
export async function findHolderOfHold(sql: Sql, holdId: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ holder_id: string }>({
    name: 'find-holder-of-hold',
    text: 'SELECT holder_id FROM hold WHERE id = $1',
    values: [holdId],
  });
  return rows[0]?.holder_id;
}
