-- Takes states of holders: the newer version wins, whatever the order in which hop and feed bring them. Rows are locked in
-- the order of their ids, so that two batches never wait for each other in a circle. $1 holder ids, $2 versions,
-- $3 balances, $4 times; answers how many of them were newer than what was stored. $5 to $8 are the log, topic, partition and
-- offset up to which the feed has brought them, or null: one statement, so that both are stored or neither, in one round trip.
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
), advanced AS (
  -- Never goes back: a replica that is behind does not undo the progress of another.
  INSERT INTO feed_positions AS stored (log_id, topic, partition, next_offset)
  SELECT $5::text, $6::text, $7::integer, $8::bigint
  WHERE $5 IS NOT NULL
  ON CONFLICT (log_id, topic, partition) DO UPDATE
  SET next_offset = greatest(stored.next_offset, excluded.next_offset)
)
SELECT count(*)::integer AS applied
FROM applied
JOIN incoming USING (holder_id)
WHERE incoming.version > coalesce(applied.version_before, -1)
