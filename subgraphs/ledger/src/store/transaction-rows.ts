import type { TransactionKind } from '../domain/balance-change.ts';
import type { PostedTransaction } from '../domain/transaction.ts';
import type { Sql } from './connection.ts';
import { readSql } from './read-sql.ts';

const findTransactionStatement = { name: 'find-transaction', text: readSql('find-transaction') };

/** One row per posting. */
interface TransactionRow {
  id: string;
  kind: TransactionKind;
  merchant_id: string;
  holder_id: string;
  program_id: string;
  program_version: number;
  debit_account_id: string;
  credit_account_id: string;
  amount: bigint;
}

/** Reads a transaction by its UUID; undefined where there is none. */
export async function findTransaction(sql: Sql, transactionId: string): Promise<PostedTransaction | undefined> {
  const { rows } = await sql.query<TransactionRow>({ ...findTransactionStatement, values: [transactionId] });
  const first = rows[0];
  if (first === undefined) return undefined;
  return {
    id: first.id,
    kind: first.kind,
    merchantId: first.merchant_id,
    holderId: first.holder_id,
    programId: first.program_id,
    programVersion: first.program_version,
    postings: rows.map((row) => {
      return { debitAccountId: row.debit_account_id, creditAccountId: row.credit_account_id, amount: row.amount };
    }),
  };
}
