import { expect } from 'vitest';
import { withAdministrator } from './database.ts';
import type { TestMerchant } from './merchants.ts';
import type { Platform } from './start-platform.ts';

/** Each statement returns what breaks a rule of the ledger: nothing, when the books are in order. */
const violations = {
  'debits and credits of an asset differ': `
    SELECT asset_id, sum(debits) AS debits, sum(credits) AS credits FROM ledger.account
    GROUP BY asset_id HAVING sum(debits) <> sum(credits)`,
  'an account differs from the sum of its postings': `
    SELECT a.id FROM ledger.account a
    LEFT JOIN (SELECT debit_account_id AS id, sum(amount) AS amount FROM ledger.posting GROUP BY 1) d USING (id)
    LEFT JOIN (SELECT credit_account_id AS id, sum(amount) AS amount FROM ledger.posting GROUP BY 1) c USING (id)
    WHERE a.debits <> coalesce(d.amount, 0) OR a.credits <> coalesce(c.amount, 0)`,
  'an account is below its floor': 'SELECT id FROM ledger.account WHERE balance < floor',
  'a transaction has no posting': `
    SELECT id FROM ledger.transaction t WHERE NOT EXISTS (SELECT FROM ledger.posting p WHERE p.transaction_id = t.id)`,
  'the versions of a holder have a gap or a repeat': `
    SELECT h.id FROM ledger.holder h LEFT JOIN ledger.transaction t ON t.holder_id = h.id
    GROUP BY h.id, h.version
    HAVING h.version <> count(t.id) OR h.version <> coalesce(max(t.holder_version), 0)
      OR count(DISTINCT t.holder_version) <> count(t.id)`,
  'a transaction was made by no command, or a command made two': `
    SELECT t.id FROM ledger.transaction t LEFT JOIN ledger.idempotency k ON k.transaction_id = t.id
    GROUP BY t.id HAVING count(k.key) <> 1`,
  'a change tells another balance than the account had': `
    SELECT c.holder_id, c.version FROM ledger.balance_change c
    JOIN ledger.holder h ON (h.id, h.version) = (c.holder_id, c.version)
    JOIN ledger.account a ON a.holder_id = h.id
    WHERE (c.balances -> 0 ->> 'posted')::bigint <> a.balance`,
};

/** Each wallet whose balances in the wallet's own tables are not the ledger's of the newest version. */
const wrongWallets = `
  SELECT h.id, h.version AS ledger_version, b.version AS wallet_version,
         a.balance AS ledger_balance, b.balances -> 0 ->> 'posted' AS wallet_balance
  FROM ledger.holder h
  JOIN ledger.account a ON a.holder_id = h.id
  LEFT JOIN wallet.balances b ON b.holder_id = h.id
  WHERE h.version > 0
    AND (b.version IS DISTINCT FROM h.version OR (b.balances -> 0 ->> 'posted')::bigint IS DISTINCT FROM a.balance)`;

/** Holds the rules of the whole ledger in SQL, and that debits equal credits in the merchant's trial balance. */
export async function expectBooksInBalance(platform: Platform, merchant: TestMerchant): Promise<void> {
  await withAdministrator(platform, async (connection) => {
    const { rows } = await connection.query<{ count: string }>('SELECT count(*) AS count FROM ledger.posting');
    expect(Number(rows[0]?.count)).toBeGreaterThan(0);
    for (const [rule, statement] of Object.entries(violations)) {
      expect([rule, (await connection.query(statement)).rows]).toEqual([rule, []]);
    }
  });
  const { isBalanced, rows } = await merchant.readTrialBalance();
  const sum = (side: 'debits' | 'credits') => rows.reduce((total, row) => total + BigInt(row[side]), 0n);
  expect(sum('debits')).toBeGreaterThan(0n);
  expect([isBalanced, sum('debits')]).toEqual([true, sum('credits')]);
}

/** Lists the wallets that do not have the ledger's balance, as text to look at. */
export async function listWrongWallets(platform: Platform): Promise<unknown[]> {
  return withAdministrator(platform, async (connection) => (await connection.query(wrongWallets)).rows);
}

/** How many transactions the ledger has, and how many wallets were touched by them. */
export async function countTransactions(platform: Platform): Promise<{ transactions: number; holders: number }> {
  return withAdministrator(platform, async (connection) => {
    const { rows } = await connection.query<{ transactions: string; holders: string }>(
      'SELECT count(*) AS transactions, count(DISTINCT holder_id) AS holders FROM ledger.transaction',
    );
    return { transactions: Number(rows[0]?.transactions), holders: Number(rows[0]?.holders) };
  });
}
