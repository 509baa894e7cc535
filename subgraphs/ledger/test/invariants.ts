import type { LedgerHouse } from './ledger-house.ts';

/** What of an account's balance each lot of its holder has, by the part that the account plays. */
const partOfLot = "CASE a.part WHEN 'PENDING' THEN l.pending WHEN 'AVAILABLE' THEN l.available ELSE l.held END";

/** A holder's balance of an asset, as its accounts have it. */
const balancesOfAccounts = `
  SELECT a.holder_id, s.code,
         sum(CASE a.part WHEN 'OWED' THEN -a.balance ELSE a.balance END) AS posted,
         coalesce(sum(a.balance) FILTER (WHERE a.part = 'PENDING'), 0) AS pending,
         coalesce(sum(a.balance) FILTER (WHERE a.part = 'HELD'), 0) AS held,
         coalesce(sum(CASE a.part WHEN 'AVAILABLE' THEN a.balance WHEN 'OWED' THEN -a.balance END), 0) AS available
  FROM account a JOIN asset s ON s.id = a.asset_id WHERE a.holder_id IS NOT NULL GROUP BY a.holder_id, s.code`;

/** Every balance of every change. */
const balancesOfChanges = `
  SELECT c.holder_id, c.version, c.transaction_id, c.deltas, b #>> '{asset,code}' AS code, (b ->> 'posted')::bigint AS posted,
         (b ->> 'pending')::bigint AS pending, (b ->> 'held')::bigint AS held, (b ->> 'available')::bigint AS available
  FROM balance_change c CROSS JOIN LATERAL jsonb_array_elements(c.balances) b`;

/** What the postings of a change's transaction did to each part of its holder's balance. */
const movedByPostings = `
  SELECT c.holder_id, c.version, s.code,
         sum(CASE a.part WHEN 'OWED' THEN -m.by ELSE m.by END) AS posted,
         coalesce(sum(m.by) FILTER (WHERE a.part = 'PENDING'), 0) AS pending,
         coalesce(sum(m.by) FILTER (WHERE a.part = 'HELD'), 0) AS held
  FROM balance_change c
  JOIN posting p ON p.transaction_id = c.transaction_id
  CROSS JOIN LATERAL (VALUES (p.debit_account_id, 'DEBIT', p.amount), (p.credit_account_id, 'CREDIT', p.amount))
    AS side (account_id, side, amount)
  JOIN account a ON a.id = side.account_id AND a.holder_id = c.holder_id
  JOIN asset s ON s.id = a.asset_id
  CROSS JOIN LATERAL (SELECT CASE side.side WHEN a.normal_side THEN side.amount ELSE -side.amount END AS by) m
  GROUP BY c.holder_id, c.version, s.code`;

/** What must hold in every ledger at every instant: each query finds rows only where it does not. */
const faults: Record<string, string> = {
  'debits and credits of an asset differ': `
    SELECT s.code FROM account a JOIN asset s ON s.id = a.asset_id GROUP BY s.code HAVING sum(a.debits) <> sum(a.credits)`,
  'an account is not the sum of its postings': `
    SELECT a.id FROM account a
    LEFT JOIN (SELECT debit_account_id AS id, sum(amount) AS total FROM posting GROUP BY 1) d ON d.id = a.id
    LEFT JOIN (SELECT credit_account_id AS id, sum(amount) AS total FROM posting GROUP BY 1) c ON c.id = a.id
    WHERE a.debits <> coalesce(d.total, 0) OR a.credits <> coalesce(c.total, 0)`,
  'an account is below its floor': 'SELECT id FROM account WHERE balance < floor',
  'an account of a holder has no floor of zero': `
    SELECT id FROM account WHERE belongs_to = 'HOLDER' AND floor IS DISTINCT FROM 0`,
  'versions of a holder have a gap': `
    SELECT h.id FROM holder h LEFT JOIN balance_change c ON c.holder_id = h.id
    GROUP BY h.id, h.version
    HAVING h.version <> count(c.version) OR h.version <> coalesce(max(c.version), 0)`,
  'a change does not follow from the one before it and its postings': `
    SELECT c.holder_id, c.version FROM (${balancesOfChanges}) c
    LEFT JOIN (${balancesOfChanges}) p ON (p.holder_id, p.version, p.code) = (c.holder_id, c.version - 1, c.code)
    LEFT JOIN (${movedByPostings}) m ON (m.holder_id, m.version, m.code) = (c.holder_id, c.version, c.code)
    WHERE c.posted <> coalesce(p.posted, 0) + coalesce(m.posted, 0)
       OR c.pending <> coalesce(p.pending, 0) + coalesce(m.pending, 0)
       OR c.held <> coalesce(p.held, 0) + coalesce(m.held, 0)
       OR c.available <> c.posted - c.pending - c.held`,
  'the deltas of a change are not what its postings moved': `
    SELECT c.holder_id, c.version FROM balance_change c
    LEFT JOIN (SELECT holder_id, version, jsonb_object_agg(code, posted::text) AS moved FROM (${movedByPostings}) m GROUP BY 1, 2) m
      ON (m.holder_id, m.version) = (c.holder_id, c.version)
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(d #>> '{asset,code}', d ->> 'posted') AS told FROM jsonb_array_elements(c.deltas) d
    ) d ON true
    WHERE m.moved IS DISTINCT FROM d.told`,
  'the newest change is not what the accounts have': `
    SELECT h.id, a.code FROM holder h
    JOIN (${balancesOfAccounts}) a ON a.holder_id = h.id
    LEFT JOIN (${balancesOfChanges}) c ON (c.holder_id, c.version, c.code) = (h.id, h.version, a.code)
    WHERE (a.posted, a.pending, a.held, a.available)
       IS DISTINCT FROM (coalesce(c.posted, 0), coalesce(c.pending, 0), coalesce(c.held, 0), coalesce(c.available, 0))`,
  'a holder owes while it could pay': `
    SELECT o.holder_id FROM account o
    JOIN account a ON (a.holder_id, a.asset_id, a.part) = (o.holder_id, o.asset_id, 'AVAILABLE')
    WHERE o.part = 'OWED' AND o.balance > 0 AND a.balance > 0`,
  'a lot is not shared by its parts': `
    SELECT id FROM lot WHERE granted <> pending + available + held + spent + expired + revoked
      OR least(pending, available, held, spent, expired, revoked) < 0`,
  'a lot is not what its postings say': `
    SELECT l.id FROM lot l
    LEFT JOIN (
      SELECT side.lot_id,
             coalesce(sum(side.by) FILTER (WHERE a.part = 'PENDING'), 0) AS pending,
             coalesce(sum(side.by) FILTER (WHERE a.part = 'AVAILABLE'), 0) AS available,
             coalesce(sum(side.by) FILTER (WHERE a.part = 'HELD'), 0) AS held
      FROM (
        SELECT p.debit_lot_id AS lot_id, p.debit_account_id AS account_id, -p.amount AS by FROM posting p
        UNION ALL
        SELECT p.credit_lot_id, p.credit_account_id, p.amount FROM posting p
      ) side JOIN account a ON a.id = side.account_id GROUP BY side.lot_id
    ) p ON p.lot_id = l.id
    WHERE NOT l.is_opening AND (l.pending, l.available, l.held) IS DISTINCT FROM (p.pending, p.available, p.held)`,
  "a posting names another holder's lot, or none where it must": `
    SELECT p.transaction_id FROM posting p
    CROSS JOIN LATERAL (VALUES (p.debit_account_id, p.debit_lot_id), (p.credit_account_id, p.credit_lot_id))
      AS side (account_id, lot_id)
    JOIN account a ON a.id = side.account_id
    LEFT JOIN lot l ON l.id = side.lot_id
    WHERE (a.part IN ('PENDING', 'AVAILABLE', 'HELD')) IS DISTINCT FROM (l.holder_id = a.holder_id AND l.asset_id = a.asset_id)
      AND NOT (a.part IN ('OWED', 'ISSUER') AND side.lot_id IS NULL)`,
  'open lots of a holder are not what its accounts have': `
    SELECT a.id, a.part FROM account a
    WHERE a.part IN ('PENDING', 'AVAILABLE', 'HELD') AND a.balance <> (
      SELECT coalesce(sum(${partOfLot}), 0) FROM lot l
      WHERE l.holder_id = a.holder_id AND l.asset_id = a.asset_id AND l.is_open
        AND l.category = (SELECT k.category FROM account_kind k WHERE k.kind = a.kind))`,
  'a hold is not what it has of lots': `
    SELECT h.id FROM hold h
    WHERE h.held <> (SELECT coalesce(sum(hl.held), 0) FROM hold_lot hl WHERE hl.hold_id = h.id)
       OR h.amount <> h.held + h.captured + h.released + h.expired`,
  'a lot holds something else than holds have of it': `
    SELECT l.id FROM lot l
    WHERE l.held <> (SELECT coalesce(sum(hl.held), 0) FROM hold_lot hl WHERE hl.lot_id = l.id)`,
  'open holds are not what the account of held value has': `
    SELECT a.holder_id FROM account a WHERE a.part = 'HELD'
    GROUP BY a.holder_id, a.asset_id
    HAVING sum(a.balance) <> (
      SELECT coalesce(sum(h.held), 0) FROM hold h WHERE (h.holder_id, h.asset_id) = (a.holder_id, a.asset_id))`,
  'something becomes due before a holder says so': `
    SELECT h.id FROM holder h
    CROSS JOIN LATERAL (
      SELECT least(
        (SELECT least(
            min(l.activates_at) FILTER (WHERE l.pending > 0),
            min(l.expires_at) FILTER (WHERE l.available > 0),
            min(greatest(l.earned_at, h.active_at) + make_interval(days => l.inactivity_days)) FILTER (WHERE l.available > 0))
          FROM lot l WHERE l.holder_id = h.id),
        (SELECT min(o.expires_at) FROM hold o WHERE o.holder_id = h.id AND o.held > 0)
      ) AS at
    ) due
    WHERE due.at IS NOT NULL AND (h.due_at IS NULL OR h.due_at > due.at)`,
  'a transaction has not one own change, or nothing was posted': `
    SELECT t.id FROM transaction t
    WHERE (SELECT count(*) FROM balance_change c
           WHERE c.transaction_id = t.id AND (c.holder_id, c.version) = (t.holder_id, t.holder_version)) <> 1
       -- A returned part of a purchase may have earned nothing.
       OR (t.kind <> 'RETURN' AND NOT EXISTS (SELECT FROM posting p WHERE p.transaction_id = t.id))`,
  'a key names a transaction that is not there': `
    SELECT k.key FROM idempotency k CROSS JOIN LATERAL unnest(k.transaction_ids) named (id)
    LEFT JOIN transaction t ON t.id = named.id AND t.holder_id = k.holder_id WHERE t.id IS NULL`,
  'a transaction has not one key, or none where nobody asked for it': `
    SELECT t.id FROM transaction t
    LEFT JOIN (
      SELECT named.id, count(*) AS count FROM idempotency k CROSS JOIN LATERAL unnest(k.transaction_ids) named (id) GROUP BY 1
    ) k ON k.id = t.id
    WHERE coalesce(k.count, 0) <> CASE t.actor_kind WHEN 'system' THEN 0 ELSE 1 END`,
  'more was given back than was spent': `
    SELECT t.id FROM transaction t
    WHERE t.kind IN ('BURN', 'CAPTURE') AND (
      SELECT sum(p.amount) FROM posting p JOIN account a ON a.id = p.credit_account_id
      WHERE p.transaction_id = t.id AND a.part = 'ISSUER'
    ) < (
      SELECT sum(p.amount) FROM transaction r JOIN posting p ON p.transaction_id = r.id
      JOIN account a ON a.id = p.debit_account_id WHERE r.related_transaction_id = t.id AND a.part = 'ISSUER'
    )`,
  'a limit was passed': `
    SELECT u.rule_id FROM limit_usage u JOIN limit_rule r ON r.id = u.rule_id
    WHERE u.amount > r.amount_max OR u.count > r.count_max`,
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
    const shown = JSON.stringify(rows.slice(0, 3), (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
    if (rows.length > 0) found.push(`${name}: ${shown}`);
  }
  return found;
}
