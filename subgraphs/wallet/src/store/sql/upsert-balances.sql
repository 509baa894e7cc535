-- Takes states of holders: the newer version wins, whatever the order in which hop and feed bring them. Rows are locked in
-- the order of their ids, so that two batches never wait for each other in a circle. $1 holder ids, $2 versions,
-- $3 balances, $4 times; answers how many of them were newer than what was stored.
WITH incoming AS (
  SELECT *
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) AS row(holder_id, version, balances, occurred_at)
), newest AS (
  SELECT DISTINCT ON (holder_id) *
  FROM incoming
  ORDER BY holder_id, version DESC
), applied AS (
  INSERT INTO balances AS stored (holder_id, version, balances, occurred_at)
  SELECT holder_id, version, balances::jsonb, occurred_at
  FROM newest
  ORDER BY holder_id
  ON CONFLICT (holder_id) DO UPDATE
  SET version = excluded.version,
      balances = excluded.balances,
      occurred_at = excluded.occurred_at,
      changed_at = now()
  WHERE stored.version < excluded.version
  RETURNING new.holder_id, old.version AS version_before
)
SELECT count(*)::integer AS applied
FROM applied
JOIN incoming USING (holder_id)
WHERE incoming.version > coalesce(applied.version_before, -1)
