import { type Check, movements } from './check.ts';

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
  SELECT c.holder_id, c.version, b #>> '{asset,code}' AS code, (b ->> 'posted')::bigint AS posted,
         (b ->> 'pending')::bigint AS pending, (b ->> 'held')::bigint AS held, (b ->> 'available')::bigint AS available
  FROM balance_change c CROSS JOIN LATERAL jsonb_array_elements(c.balances) b`;

/** What the postings of a change's transaction did to each part of its holder's balance. */
const movedByPostings = `
  SELECT moved.holder_id, moved.version, s.code, moved.posted, moved.pending, moved.held
  FROM (
    SELECT c.holder_id, c.version, m.asset_id,
           sum(CASE m.part WHEN 'OWED' THEN -m.by ELSE m.by END) AS posted,
           coalesce(sum(m.by) FILTER (WHERE m.part = 'PENDING'), 0) AS pending,
           coalesce(sum(m.by) FILTER (WHERE m.part = 'HELD'), 0) AS held
    FROM (${movements}) m
    JOIN balance_change c ON c.transaction_id = m.transaction_id AND c.holder_id = m.holder_id
    GROUP BY c.holder_id, c.version, m.asset_id
  ) moved
  JOIN asset s ON s.id = moved.asset_id`;

/** A holder's versions have no gap, and each tells what its transaction did. */
export const holderChecks: readonly Check[] = [
  {
    name: 'versions of a holder have a gap',
    query: `
      SELECT h.id AS holder, h.version, coalesce(c.count, 0) AS changes, c.newest
      FROM holder h
      LEFT JOIN (SELECT holder_id, count(*) AS count, max(version) AS newest FROM balance_change GROUP BY 1) c
        ON c.holder_id = h.id
      WHERE h.version <> coalesce(c.count, 0) OR h.version <> coalesce(c.newest, 0)`,
  },
  {
    name: 'a change does not follow from the one before it and its postings',
    query: `
      SELECT c.holder_id AS holder, c.version, c.code AS asset
      FROM (
        SELECT c.*, lag(c.posted, 1, 0::bigint) OVER earlier AS posted_before,
               lag(c.pending, 1, 0::bigint) OVER earlier AS pending_before, lag(c.held, 1, 0::bigint) OVER earlier AS held_before
        FROM (${balancesOfChanges}) c WINDOW earlier AS (PARTITION BY c.holder_id, c.code COLLATE "C" ORDER BY c.version)
      ) c
      LEFT JOIN (${movedByPostings}) m ON (m.holder_id, m.version, m.code) = (c.holder_id, c.version, c.code)
      WHERE c.posted <> c.posted_before + coalesce(m.posted, 0)
         OR c.pending <> c.pending_before + coalesce(m.pending, 0)
         OR c.held <> c.held_before + coalesce(m.held, 0)
         OR c.available <> c.posted - c.pending - c.held`,
  },
  {
    name: 'the deltas of a change are not what its postings moved',
    query: `
      SELECT c.holder_id AS holder, c.version, m.moved, d.told FROM balance_change c
      LEFT JOIN (SELECT holder_id, version, jsonb_object_agg(code, posted::text) AS moved FROM (${movedByPostings}) m GROUP BY 1, 2) m
        ON (m.holder_id, m.version) = (c.holder_id, c.version)
      LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(d #>> '{asset,code}', d ->> 'posted') AS told FROM jsonb_array_elements(c.deltas) d
      ) d ON true
      WHERE m.moved IS DISTINCT FROM d.told`,
  },
  {
    name: 'the newest change is not what the accounts have',
    query: `
      SELECT h.id AS holder, h.version, a.code AS asset FROM holder h
      JOIN (${balancesOfAccounts}) a ON a.holder_id = h.id
      LEFT JOIN (${balancesOfChanges}) c ON (c.holder_id, c.version, c.code) = (h.id, h.version, a.code)
      WHERE (a.posted, a.pending, a.held, a.available)
         IS DISTINCT FROM (coalesce(c.posted, 0), coalesce(c.pending, 0), coalesce(c.held, 0), coalesce(c.available, 0))`,
  },
  {
    name: 'something becomes due before a holder says so',
    query: `
      SELECT h.id AS holder, h.due_at, least(l.at, l.inactive_at, o.at) AS becomes_due_at FROM holder h
      LEFT JOIN (
        SELECT l.holder_id,
               least(min(l.activates_at) FILTER (WHERE l.pending > 0), min(l.expires_at) FILTER (WHERE l.available > 0)) AS at,
               min(greatest(l.earned_at, h.active_at) + make_interval(days => l.inactivity_days)) FILTER (WHERE l.available > 0)
                 AS inactive_at
        FROM lot l JOIN holder h ON h.id = l.holder_id WHERE l.is_open GROUP BY 1
      ) l ON l.holder_id = h.id
      LEFT JOIN (SELECT holder_id, min(expires_at) AS at FROM hold WHERE held > 0 GROUP BY 1) o ON o.holder_id = h.id
      WHERE least(l.at, l.inactive_at, o.at) IS NOT NULL AND (h.due_at IS NULL OR h.due_at > least(l.at, l.inactive_at, o.at))`,
  },
];
