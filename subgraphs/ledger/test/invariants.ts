import type { LedgerHouse } from './ledger-house.ts';

/** What must hold in every ledger at every instant: each query finds rows only where it does not. */
const faults: Record<string, string> = {
  'debits and credits of an asset differ': `
    SELECT s.code FROM account a JOIN asset s ON s.id = a.asset_id GROUP BY s.code HAVING sum(a.debits) <> sum(a.credits)`,
  'an account is not the sum of its postings': `
    SELECT a.id FROM account a
    LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM posting p WHERE p.debit_account_id = a.id) d ON true
    LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM posting p WHERE p.credit_account_id = a.id) c ON true
    WHERE a.debits <> coalesce(d.total, 0) OR a.credits <> coalesce(c.total, 0)`,
  'an account is below its floor': 'SELECT id FROM account WHERE balance < floor',
  'versions of a holder have a gap': `
    SELECT h.id FROM holder h LEFT JOIN balance_change c ON c.holder_id = h.id
    GROUP BY h.id, h.version
    HAVING h.version <> count(c.version) OR h.version <> coalesce(max(c.version), 0)`,
  'a change does not follow from the one before it': `
    SELECT c.holder_id FROM balance_change c
    LEFT JOIN balance_change p ON p.holder_id = c.holder_id AND p.version = c.version - 1
    WHERE (c.balances #>> '{0,posted}')::bigint
       <> coalesce((p.balances #>> '{0,posted}')::bigint, 0) + (c.deltas #>> '{0,posted}')::bigint`,
  'the newest change is not what the account has': `
    SELECT h.id FROM holder h
    JOIN balance_change c ON c.holder_id = h.id AND c.version = h.version
    JOIN account a ON a.holder_id = h.id
    WHERE (c.balances #>> '{0,posted}')::bigint <> a.balance`,
  'a transaction has not one key, one change and one event': `
    SELECT t.id FROM transaction t
    WHERE (SELECT count(*) FROM idempotency k WHERE k.transaction_id = t.id) <> 1
       OR (SELECT count(*) FROM balance_change c
           WHERE c.transaction_id = t.id AND (c.holder_id, c.version) = (t.holder_id, t.holder_version)) <> 1
       OR NOT EXISTS (SELECT FROM posting p WHERE p.transaction_id = t.id)`,
  'events and changes differ': `
    SELECT 1 WHERE (SELECT count(*) FROM balance_change) <> (SELECT count(*) FROM outbox)
      OR EXISTS (SELECT FROM outbox GROUP BY key, aggregate_version HAVING count(*) > 1)`,
  'events of a holder are out of order': `
    SELECT key FROM (
      SELECT key, aggregate_version, lag(aggregate_version) OVER (PARTITION BY key ORDER BY position) AS before FROM outbox
    ) o WHERE aggregate_version <> coalesce(before, 0) + 1`,
};

/** Lists what does not hold in a ledger; empty when all is well. */
export async function findFaults(pool: LedgerHouse['pool']): Promise<string[]> {
  const found: string[] = [];
  for (const [name, query] of Object.entries(faults)) {
    const { rows } = await pool.query(query);
    if (rows.length > 0) found.push(`${name}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return found;
}
