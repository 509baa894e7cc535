-- One statement, so that everything in it is of one instant. What it reads is bounded by the open lots and holds of the
-- holder and by the transactions asked for, however many there ever were.
SELECT wanted.ordinal::integer - 1 AS index, explained.assets
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (holder_id, ordinal)
CROSS JOIN LATERAL (SELECT h.id, h.version FROM holder h WHERE h.id = wanted.holder_id LIMIT 1) h
CROSS JOIN LATERAL (
  SELECT json_agg(json_build_object(
      'code', s.code, 'scale', s.scale, 'version', h.version::text,
      'PENDING', parts.pending::text, 'AVAILABLE', parts.available::text, 'HELD', parts.held::text, 'OWED', parts.owed::text,
      'lots', lots.listed, 'otherLots', lots.others, 'holds', holds.listed, 'otherHolds', holds.others,
      'carriedForward', journal.carried_forward, 'movements', journal.movements
    ) ORDER BY s.code) AS assets
  FROM (SELECT DISTINCT a.asset_id AS id FROM account a WHERE a.holder_id = h.id) held_in
  JOIN asset s ON s.id = held_in.id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.balance) FILTER (WHERE a.part = 'PENDING'), 0) AS pending,
           coalesce(sum(a.balance) FILTER (WHERE a.part = 'AVAILABLE'), 0) AS available,
           coalesce(sum(a.balance) FILTER (WHERE a.part = 'HELD'), 0) AS held,
           coalesce(sum(a.balance) FILTER (WHERE a.part = 'OWED'), 0) AS owed
    FROM account a WHERE a.holder_id = h.id AND a.asset_id = s.id
  ) parts
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
               'id', l.id, 'earnedAt', l.earned_at, 'activatesAt', l.activates_at, 'expiresAt', l.expires_at,
               'inactivityDays', l.inactivity_days, 'programVersion', l.program_version,
               'pending', l.pending::text, 'available', l.available::text, 'held', l.held::text
             ) ORDER BY l.place) FILTER (WHERE l.place <= $2) AS listed,
           json_build_object(
             'count', count(*) FILTER (WHERE l.place > $2),
             'pending', coalesce(sum(l.pending) FILTER (WHERE l.place > $2), 0)::text,
             'available', coalesce(sum(l.available) FILTER (WHERE l.place > $2), 0)::text,
             'held', coalesce(sum(l.held) FILTER (WHERE l.place > $2), 0)::text
           ) AS others
    FROM (
      SELECT l.*, row_number() OVER (ORDER BY l.expires_at, l.granted, l.id) AS place
      FROM lot l WHERE l.holder_id = h.id AND l.asset_id = s.id AND l.is_open
    ) l
  ) lots
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('id', o.id, 'expiresAt', o.expires_at, 'held', o.held::text) ORDER BY o.place)
             FILTER (WHERE o.place <= $2) AS listed,
           json_build_object(
             'count', count(*) FILTER (WHERE o.place > $2),
             'held', coalesce(sum(o.held) FILTER (WHERE o.place > $2), 0)::text
           ) AS others
    FROM (
      SELECT o.*, row_number() OVER (ORDER BY o.expires_at, o.id) AS place
      FROM hold o WHERE o.holder_id = h.id AND o.asset_id = s.id AND o.held > 0
    ) o
  ) holds
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
               'kind', k.kind, 'transactionCount', k.transaction_count, 'posted', k.posted::text, 'pending', k.pending::text,
               'held', k.held::text
             ) ORDER BY k.kind) FILTER (WHERE k.kind <> '') AS movements,
           -- The state that the newest transactions began with: that of the one before them, or nothing.
           coalesce(json_agg(json_build_object(
               'transactionCount', greatest(h.version - $3, 0), 'posted', k.posted::text, 'pending', k.pending::text,
               'held', k.held::text
             )) FILTER (WHERE k.kind = '') -> 0,
             '{"transactionCount": 0, "posted": "0", "pending": "0", "held": "0"}'::json) AS carried_forward
    FROM (
      SELECT c.kind, count(*) AS transaction_count, sum(c.posted) AS posted, sum(c.pending) AS pending, sum(c.held) AS held
      FROM (
        SELECT CASE WHEN c.version > h.version - $3 THEN c.kind ELSE '' END AS kind,
               c.deltas,
               b.posted - lag(b.posted, 1, 0::bigint) OVER changes AS posted,
               b.pending - lag(b.pending, 1, 0::bigint) OVER changes AS pending,
               b.held - lag(b.held, 1, 0::bigint) OVER changes AS held
        FROM balance_change c
        CROSS JOIN LATERAL (
          SELECT (e ->> 'posted')::bigint AS posted, (e ->> 'pending')::bigint AS pending, (e ->> 'held')::bigint AS held
          FROM jsonb_array_elements(c.balances) e WHERE e #>> '{asset,code}' = s.code
        ) b
        WHERE c.holder_id = h.id AND c.version >= h.version - $3 AND c.version <= h.version
        WINDOW changes AS (ORDER BY c.version)
      ) c
      WHERE c.kind = ''
        OR EXISTS (SELECT FROM jsonb_array_elements(c.deltas) d WHERE d #>> '{asset,code}' = s.code)
      GROUP BY c.kind
    ) k
  ) journal
) explained
