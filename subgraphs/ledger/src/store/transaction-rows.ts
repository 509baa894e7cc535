import type { Balance } from '../domain/balance.ts';
import type { BalanceDelta, TransactionKind } from '../domain/balance-change.ts';
import type { Actor, Posting } from '../domain/posting.ts';
import type { Transaction } from '../domain/transaction.ts';
import { type BalanceJson, type DeltaJson, readBalances, readDeltas } from './balance-json.ts';
import type { Sql } from './connection.ts';
import { readSql } from './read-sql.ts';

const findTransactionStatement = { name: 'find-transaction', text: readSql('find-transaction') };
const findFirstResultStatement = { name: 'find-first-result', text: readSql('find-first-result') };

interface TransactionRow {
  id: string;
  kind: TransactionKind;
  merchant_id: string;
  holder_id: string;
  holder_version: bigint;
  program_id: string;
  program_version: number;
  store_id: string | null;
  reference: string | null;
  purchase_amount_minor: bigint | null;
  purchase_currency: string | null;
  reverses_transaction_id: string | null;
  reason: string | null;
  occurred_at: Date;
  recorded_at: Date;
  actor_kind: Actor['kind'];
  actor_id: string;
  debit_account_ids: string[];
  credit_account_ids: string[];
  amounts: bigint[];
}

interface FirstResultRow {
  input_hash: Buffer;
  transaction_id: string;
  deltas: DeltaJson[];
  balances: BalanceJson[];
}

/** A transaction with its postings, in their order. */
export interface PostedTransaction extends Transaction {
  postings: readonly Posting[];
}

function toTransaction(row: TransactionRow): PostedTransaction {
  const { purchase_amount_minor: amountMinor, purchase_currency: currency, reverses_transaction_id: reversed } = row;
  return {
    id: row.id,
    kind: row.kind,
    merchantId: row.merchant_id,
    holderId: row.holder_id,
    holderVersion: row.holder_version,
    programId: row.program_id,
    programVersion: row.program_version,
    storeId: row.store_id ?? undefined,
    reference: row.reference ?? undefined,
    purchase: amountMinor !== null && currency !== null ? { amountMinor, currency } : undefined,
    reverses: reversed !== null && row.reason !== null ? { transactionId: reversed, reason: row.reason } : undefined,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    actor: { kind: row.actor_kind, id: row.actor_id },
    postings: row.amounts.map((amount, index) => {
      const debitAccountId = row.debit_account_ids[index];
      const creditAccountId = row.credit_account_ids[index];
      if (debitAccountId === undefined || creditAccountId === undefined) throw new Error('A posting has one side.');
      return { debitAccountId, creditAccountId, amount };
    }),
  };
}

/** Reads a transaction by its UUID; undefined where there is none. */
export async function findTransaction(sql: Sql, transactionId: string): Promise<PostedTransaction | undefined> {
  const { rows } = await sql.query<TransactionRow>({ ...findTransactionStatement, values: [transactionId] });
  return rows[0] && toTransaction(rows[0]);
}

/** What the first use of a key brought. */
export interface FirstResult {
  /** SHA-256 of the input that the key was used with. */
  inputHash: Buffer;
  transaction: Transaction;
  deltas: BalanceDelta[];
  /** All balances of the holder after it. */
  balances: Balance[];
}

/** What the first use of a key brought; undefined where the key is free. */
export async function findFirstResult(sql: Sql, scope: string, key: string): Promise<FirstResult | undefined> {
  const { rows } = await sql.query<FirstResultRow>({ ...findFirstResultStatement, values: [scope, key] });
  const row = rows[0];
  if (row === undefined) return undefined;
  const transaction = await findTransaction(sql, row.transaction_id);
  if (transaction === undefined) throw new Error(`Transaction ${row.transaction_id} has vanished.`);
  const { input_hash: inputHash, deltas, balances } = row;
  return { inputHash, transaction, deltas: readDeltas(deltas), balances: readBalances(balances) };
}
