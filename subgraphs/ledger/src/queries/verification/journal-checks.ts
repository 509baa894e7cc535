import { keyRetentionMonths } from '../../domain/bounds.ts';
import type { Check } from './check.ts';

/** Each key has one effect and each effect one key; nothing goes back more often, or moves more, than it may. */
export const journalChecks: readonly Check[] = [
  {
    name: 'a transaction has not one own change, or nothing was posted',
    query: `
      SELECT t.id AS transaction, t.holder_id AS holder, t.holder_version AS version FROM transaction t
      LEFT JOIN balance_change c ON (c.holder_id, c.version) = (t.holder_id, t.holder_version)
      LEFT JOIN (SELECT DISTINCT transaction_id FROM posting) p ON p.transaction_id = t.id
      WHERE c.transaction_id IS DISTINCT FROM t.id
         -- A returned part of a purchase may have earned nothing.
         OR (t.kind <> 'RETURN' AND p.transaction_id IS NULL)`,
  },
  {
    name: 'a change is of no transaction',
    query: `
      SELECT c.holder_id AS holder, c.version, c.transaction_id AS transaction FROM balance_change c
      LEFT JOIN transaction t ON t.id = c.transaction_id
      WHERE (t.merchant_id, t.kind) IS DISTINCT FROM (c.merchant_id, c.kind)`,
  },
  {
    name: 'a key names a transaction that is not there',
    query: `
      SELECT k.scope, k.key, named.id AS transaction FROM idempotency k CROSS JOIN LATERAL unnest(k.transaction_ids) named (id)
      LEFT JOIN transaction t ON t.id = named.id AND t.holder_id = k.holder_id WHERE t.id IS NULL`,
  },
  {
    name: 'a transaction has not one key, or none where nobody asked for it',
    query: `
      SELECT t.id AS transaction, t.holder_id AS holder, coalesce(k.count, 0) AS keys FROM transaction t
      LEFT JOIN (
        SELECT named.id, count(*) AS count FROM idempotency k CROSS JOIN LATERAL unnest(k.transaction_ids) named (id) GROUP BY 1
      ) k ON k.id = t.id
      WHERE coalesce(k.count, 0) > CASE t.actor_kind WHEN 'system' THEN 0 ELSE 1 END
         -- Keys are forgotten when they are old enough.
         OR (k.count IS NULL AND t.actor_kind <> 'system' AND t.recorded_at > now() - interval '${keyRetentionMonths} months')`,
  },
  {
    name: 'more was given back than was spent',
    query: `
      SELECT t.id AS transaction, t.holder_id AS holder, spent.amount AS spent, back.amount AS given_back
      FROM (
        SELECT r.related_transaction_id AS id, sum(p.amount) AS amount
        FROM transaction r
        JOIN posting p ON p.transaction_id = r.id
        JOIN account a ON a.id = p.debit_account_id AND a.part = 'ISSUER'
        WHERE r.related_transaction_id IS NOT NULL GROUP BY 1
      ) back
      JOIN transaction t ON t.id = back.id AND t.kind IN ('BURN', 'CAPTURE')
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.amount), 0) AS amount FROM posting p
        JOIN account a ON a.id = p.credit_account_id AND a.part = 'ISSUER'
        WHERE p.transaction_id = t.id
      ) spent
      WHERE back.amount > spent.amount`,
  },
  {
    name: 'a transaction was reversed twice',
    query: `
      SELECT related_transaction_id AS transaction, count(*) AS reversals FROM transaction
      WHERE kind = 'REVERSAL' GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    name: 'a limit was passed',
    query: `
      SELECT u.rule_id AS "limit", u.subject, u.period_start::text, u.amount, u.count
      FROM limit_usage u JOIN limit_rule r ON r.id = u.rule_id
      WHERE u.amount > r.amount_max OR u.count > r.count_max`,
  },
  {
    name: 'events of a holder that wait have a gap, come twice or are out of order',
    query: `
      SELECT key, aggregate_version AS version FROM (
        SELECT key, aggregate_version, lag(aggregate_version) OVER earlier AS before, lag(rejection) OVER earlier AS rejection
        FROM outbox WHERE published_at IS NULL WINDOW earlier AS (PARTITION BY topic, key ORDER BY position)
      ) o
      -- What was published after a rejected one may be gone already.
      WHERE aggregate_version <= before OR (aggregate_version > before + 1 AND rejection IS NULL)`,
  },
];
