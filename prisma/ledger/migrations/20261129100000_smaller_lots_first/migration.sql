-- Of lots that end together the smaller one is spent first: fewer stay open. Small is what was granted little, not what has
-- little left: the order never changes, and spending leaves the index alone.
DROP INDEX lot_open_idx;
CREATE INDEX lot_open_idx ON lot (holder_id, asset_id, inactivity_days, expires_at, granted, id) WHERE is_open;

CREATE OR REPLACE FUNCTION lots_to_spend(of_holder_id uuid, of_asset_id integer, amount bigint, lots_max integer) RETURNS SETOF lot
LANGUAGE sql STABLE ROWS 2 AS $$
  (SELECT (dated.l).* FROM (
     SELECT l, sum(l.available) OVER (ORDER BY l.expires_at, l.granted, l.id ROWS UNBOUNDED PRECEDING) - l.available AS before
     FROM lot l
     WHERE l.holder_id = of_holder_id AND l.asset_id = of_asset_id AND l.inactivity_days IS NULL AND l.is_open AND l.available > 0
     ORDER BY l.expires_at, l.granted, l.id LIMIT lots_max
   ) dated
   WHERE amount IS NULL OR dated.before < amount)
  UNION ALL
  (SELECT l.* FROM lot l
   WHERE l.holder_id = of_holder_id AND l.asset_id = of_asset_id AND l.inactivity_days IS NOT NULL AND l.is_open AND l.available > 0
   ORDER BY l.inactivity_days, l.expires_at, l.granted, l.id LIMIT lots_max)
$$;
