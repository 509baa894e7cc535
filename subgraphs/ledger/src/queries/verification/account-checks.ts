import type { Check } from './check.ts';

/** Money is neither made nor lost: postings, the accounts that they add up to, and what is owed. */
export const accountChecks: readonly Check[] = [
  {
    name: 'debits and credits of an asset differ',
    query: `
      SELECT s.code AS asset, sum(a.debits) AS debits, sum(a.credits) AS credits
      FROM account a JOIN asset s ON s.id = a.asset_id GROUP BY s.code HAVING sum(a.debits) <> sum(a.credits)`,
  },
  {
    name: 'a posting is not of the asset and merchant of its accounts and its transaction',
    query: `
      SELECT p.transaction_id AS transaction, p.position FROM posting p
      LEFT JOIN account d ON d.id = p.debit_account_id
      LEFT JOIN account c ON c.id = p.credit_account_id
      LEFT JOIN transaction t ON t.id = p.transaction_id
      WHERE (d.asset_id, d.merchant_id, c.asset_id, c.merchant_id, t.merchant_id)
         IS DISTINCT FROM (p.asset_id, p.merchant_id, p.asset_id, p.merchant_id, p.merchant_id)`,
  },
  {
    name: 'an account is not the sum of its postings',
    query: `
      SELECT a.id AS account, a.holder_id AS holder, a.debits, coalesce(d.total, 0) AS posted_debits,
             a.credits, coalesce(c.total, 0) AS posted_credits
      FROM account a
      LEFT JOIN (SELECT debit_account_id AS id, sum(amount) AS total FROM posting GROUP BY 1) d ON d.id = a.id
      LEFT JOIN (SELECT credit_account_id AS id, sum(amount) AS total FROM posting GROUP BY 1) c ON c.id = a.id
      WHERE a.debits <> coalesce(d.total, 0) OR a.credits <> coalesce(c.total, 0)`,
  },
  {
    name: 'an account is below its floor',
    query: 'SELECT id AS account, holder_id AS holder, balance, floor FROM account WHERE balance < floor',
  },
  {
    name: 'an account of a holder has no floor of zero',
    query: `
      SELECT id AS account, holder_id AS holder, floor FROM account
      WHERE belongs_to = 'HOLDER' AND floor IS DISTINCT FROM 0`,
  },
  {
    name: 'a holder owes while it could pay',
    query: `
      SELECT o.holder_id AS holder, o.balance AS owed, a.balance AS available FROM account o
      JOIN account a ON (a.holder_id, a.asset_id, a.part) = (o.holder_id, o.asset_id, 'AVAILABLE')
      WHERE o.part = 'OWED' AND o.balance > 0 AND a.balance > 0`,
  },
  {
    name: 'what a merchant owes by its lots is not what its accounts say',
    query: `
      SELECT merchant_id AS merchant, s.code AS asset, coalesce(l.amount, 0) AS of_lots, coalesce(a.amount, 0) AS of_accounts
      FROM (
        SELECT merchant_id, asset_id, sum(pending + available + held) AS amount FROM lot WHERE is_open GROUP BY 1, 2
      ) l
      FULL JOIN (
        SELECT merchant_id, asset_id, sum(balance) AS amount FROM account
        WHERE part IN ('PENDING', 'AVAILABLE', 'HELD') GROUP BY 1, 2
      ) a USING (merchant_id, asset_id)
      LEFT JOIN asset s ON s.id = asset_id
      WHERE coalesce(l.amount, 0) <> coalesce(a.amount, 0)`,
  },
];
