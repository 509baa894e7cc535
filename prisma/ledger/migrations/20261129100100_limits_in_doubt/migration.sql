-- What is put on a card can be limited too.
ALTER TABLE limit_rule
  DROP CONSTRAINT limit_rule_movement_value,
  ADD CONSTRAINT limit_rule_movement_value CHECK (movement IN ('SPEND', 'EARN', 'TRANSFER', 'ISSUE'));

-- The first day of the period that an instant lies in; NULL where the database does not know the time zone any more, because
-- its time zones have changed since the limit was defined.
CREATE FUNCTION period_start(period text, at timestamptz, time_zone text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN date_trunc(period, at AT TIME ZONE time_zone)::date;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN NULL;
END
$$;

-- Counters of the limits that the items must keep, locked. A counter that is not there yet begins at zero. Whose country is not
-- known keeps the limits of every country. A limit whose period nobody can tell leaves nothing, until it is ended.
CREATE OR REPLACE FUNCTION lock_limits(
  item_holder_ids uuid[], item_countries text[], item_asset_codes text[], item_movements text[], at timestamptz
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  wanted wanted_counter[];
  counters json;
BEGIN
  IF NOT EXISTS (SELECT FROM limit_rule r WHERE r.ended_at IS NULL) THEN
    RETURN '[]';
  END IF;
  SELECT array_agg(ROW(
      i.ordinal, r.id,
      CASE r.counted_per WHEN 'HOLDER' THEN h.id::text WHEN 'MERCHANT' THEN h.merchant_id::text ELSE r.country END,
      period_start(r.period, at, r.time_zone)
    )::wanted_counter)
  INTO wanted
  FROM unnest(item_holder_ids, item_countries, item_asset_codes, item_movements) WITH ORDINALITY
    AS i (holder_id, country, asset_code, movement, ordinal)
  JOIN holder h ON h.id = i.holder_id
  JOIN limit_rule r ON r.ended_at IS NULL AND r.movement = i.movement AND r.asset_code = i.asset_code
    AND (r.merchant_id IS NULL OR r.merchant_id = h.merchant_id) AND (r.country IS NULL OR i.country IS NULL OR r.country = i.country);
  IF wanted IS NULL THEN
    RETURN '[]';
  END IF;

  INSERT INTO limit_usage (rule_id, subject, period_start)
    SELECT DISTINCT w.rule_id, w.subject, w.period_start FROM unnest(wanted) w WHERE w.period_start IS NOT NULL
    ORDER BY w.rule_id, w.subject, w.period_start
    ON CONFLICT ON CONSTRAINT limit_usage_pkey DO NOTHING;
  PERFORM FROM limit_usage u
    WHERE (u.rule_id, u.subject, u.period_start) IN (SELECT w.rule_id, w.subject, w.period_start FROM unnest(wanted) w)
    ORDER BY u.rule_id, u.subject, u.period_start FOR NO KEY UPDATE;
  SELECT json_agg(json_build_array(
      w.ordinal, w.rule_id, w.subject, w.period_start::text, coalesce(u.amount, 0)::text, coalesce(u.count, 0)::text,
      CASE WHEN w.period_start IS NULL THEN '0' ELSE r.amount_max::text END,
      CASE WHEN w.period_start IS NULL THEN '0' ELSE r.count_max::text END,
      r.counted_per, r.period
    ))
  INTO counters
  FROM unnest(wanted) w
  JOIN limit_rule r ON r.id = w.rule_id
  LEFT JOIN limit_usage u ON (u.rule_id, u.subject, u.period_start) = (w.rule_id, w.subject, w.period_start);
  RETURN counters;
END
$$;

-- A counter that is not there counts nothing, so nothing may be used of its limit: the batch is run again, which begins it anew.
CREATE OR REPLACE FUNCTION use_limits(used_limits json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  used_count integer;
BEGIN
  UPDATE limit_usage u SET amount = u.amount + c.amount, count = u.count + c.count
    FROM json_populate_recordset(NULL::limit_usage, used_limits) c
    WHERE (u.rule_id, u.subject, u.period_start) = (c.rule_id, c.subject, c.period_start);
  GET DIAGNOSTICS used_count = ROW_COUNT;
  IF used_count <> json_array_length(used_limits) THEN
    RAISE EXCEPTION 'a counter of a limit is not there any more' USING ERRCODE = 'serialization_failure';
  END IF;
  IF EXISTS (
    SELECT FROM json_populate_recordset(NULL::limit_usage, used_limits) c
    JOIN limit_usage u ON (u.rule_id, u.subject, u.period_start) = (c.rule_id, c.subject, c.period_start)
    JOIN limit_rule r ON r.id = u.rule_id
    WHERE u.amount > r.amount_max OR u.count > r.count_max
  ) THEN
    RAISE EXCEPTION 'a limit would be passed' USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_usage_within_rule';
  END IF;
END
$$;

REVOKE ALL ON FUNCTION period_start FROM PUBLIC;
-- For whoever lists limits and what is left of them.
GRANT EXECUTE ON FUNCTION period_start TO ledger;
