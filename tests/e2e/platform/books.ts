import { expect } from 'vitest';
import { withAdministrator } from './database.ts';
import type { TestMerchant } from './merchants.ts';
import type { Platform } from './start-platform.ts';

/** What the accounts of a holder come to: what it owes is taken off. */
function posted(holderId: string): string {
  return `(SELECT sum(CASE own.part WHEN 'OWED' THEN -own.balance ELSE own.balance END)::bigint
    FROM ledger.account own WHERE own.holder_id = ${holderId})`;
}

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
  // What a return takes back may be nothing: then it says so, without a posting.
  'a transaction has no posting': `
    SELECT id FROM ledger.transaction t
    WHERE t.kind <> 'RETURN' AND NOT EXISTS (SELECT FROM ledger.posting p WHERE p.transaction_id = t.id)`,
  'the versions of a holder have a gap or a repeat': `
    SELECT h.id FROM ledger.holder h LEFT JOIN ledger.balance_change c ON c.holder_id = h.id
    GROUP BY h.id, h.version
    HAVING h.version <> count(c.version) OR h.version <> coalesce(max(c.version), 0)`,
  'a transaction was made by no command, or by two': `
    SELECT t.id FROM ledger.transaction t
    LEFT JOIN (SELECT unnest(transaction_ids) AS id FROM ledger.idempotency) k ON k.id = t.id
    WHERE t.actor_kind <> 'system'
    GROUP BY t.id HAVING count(k.id) <> 1`,
  'a change tells another balance than the accounts had': `
    SELECT c.holder_id, c.version FROM ledger.balance_change c
    JOIN ledger.holder h ON (h.id, h.version) = (c.holder_id, c.version)
    WHERE (c.balances -> 0 ->> 'posted')::bigint <> (${posted('h.id')})`,
  'the lots of a holder are not what its accounts have': `
    SELECT a.holder_id, a.part FROM ledger.account a
    LEFT JOIN (
      SELECT holder_id, asset_id, sum(pending) AS "PENDING", sum(available) AS "AVAILABLE", sum(held) AS "HELD"
      FROM ledger.lot GROUP BY 1, 2
    ) l USING (holder_id, asset_id)
    WHERE a.part IN ('PENDING', 'AVAILABLE', 'HELD')
      AND a.balance <> coalesce(CASE a.part WHEN 'PENDING' THEN l."PENDING" WHEN 'HELD' THEN l."HELD" ELSE l."AVAILABLE" END, 0)`,
};

/** Each wallet whose balances in the wallet's own tables are not the ledger's of the newest version. */
const wrongWallets = `
  SELECT h.id, h.version AS ledger_version, b.version AS wallet_version,
         ${posted('h.id')} AS ledger_balance, b.balances -> 0 ->> 'posted' AS wallet_balance
  FROM ledger.holder h
  LEFT JOIN wallet.balances b ON b.holder_id = h.id
  WHERE h.version > 0
    AND (b.version IS DISTINCT FROM h.version OR (b.balances -> 0 ->> 'posted')::bigint IS DISTINCT FROM ${posted('h.id')})`;

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
