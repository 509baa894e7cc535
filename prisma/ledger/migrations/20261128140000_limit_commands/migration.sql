-- Limits are set by commands. Each has an idempotency key in the transaction of its effect, like those that post.
ALTER TABLE idempotency
  ALTER COLUMN holder_id DROP NOT NULL,
  -- The limit that the key began or ended; NULL for what was posted.
  ADD COLUMN limit_rule_id uuid CONSTRAINT idempotency_limit_rule_id_fkey REFERENCES limit_rule (id) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT idempotency_of_one CHECK (num_nonnulls(holder_id, limit_rule_id) = 1);

REVOKE INSERT (merchant_id, country, asset_code, movement, counted_per, period, time_zone, amount_max, count_max)
  ON limit_rule FROM ledger;
REVOKE UPDATE (ended_at) ON limit_rule FROM ledger;

-- What a key was used for: REPLAYED with its limit, KEY_REUSED, or NULL where it is free. Commands on limits are rare and come
-- one by one, so that what is looked at here stays so; postings, which only read the rules, do not wait for them.
CREATE FUNCTION look_up_limit_key(
  key_scope text, used_key text, key_input_hash bytea, OUT status text, OUT limit_rule_id uuid
) LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE limit_rule IN SHARE ROW EXCLUSIVE MODE;
  SELECT CASE WHEN k.input_hash = key_input_hash THEN 'REPLAYED' ELSE 'KEY_REUSED' END, k.limit_rule_id
    INTO status, limit_rule_id
    FROM idempotency k WHERE k.scope = key_scope AND k.key = used_key;
END
$$;

-- Keeps a key with the limit that it began or ended. Answers whether it was still free: a posting may have taken it meanwhile.
CREATE FUNCTION keep_limit_key(
  key_scope text, new_key text, key_command text, key_input_hash bytea, of_limit_rule_id uuid
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO idempotency (scope, key, command, input_hash, transaction_ids, limit_rule_id, recorded_at)
    VALUES (key_scope, new_key, key_command, key_input_hash, '{}', of_limit_rule_id, clock_timestamp())
    ON CONFLICT ON CONSTRAINT idempotency_pkey DO NOTHING;
  RETURN FOUND;
END
$$;

-- Begins a limit, once for its key. Answers DONE, REPLAYED, each with the limit; KEY_REUSED; or TOO_MANY are in force.
-- A time zone that the database does not know is an error: it would fail every posting that has to keep the limit.
CREATE FUNCTION define_limit(
  key_scope text, key text, key_input_hash bytea, new_id uuid, of_merchant_id uuid, of_country text, of_asset_code text,
  of_movement text, of_counted_per text, of_period text, of_time_zone text, of_amount_max bigint, of_count_max bigint,
  in_force_max integer,
  OUT status text, OUT limit_rule_id uuid
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
BEGIN
  PERFORM clock_timestamp() AT TIME ZONE of_time_zone;
  SELECT used.* INTO status, limit_rule_id FROM look_up_limit_key(key_scope, key, key_input_hash) used;
  IF status IS NOT NULL THEN
    RETURN;
  END IF;
  IF in_force_max <= (
    SELECT count(*) FROM limit_rule r WHERE r.ended_at IS NULL AND r.merchant_id IS NOT DISTINCT FROM of_merchant_id
  ) THEN
    status := 'TOO_MANY';
  ELSIF NOT keep_limit_key(key_scope, key, 'defineLimit', key_input_hash, new_id) THEN
    status := 'KEY_REUSED';
  ELSE
    INSERT INTO limit_rule (
      id, merchant_id, country, asset_code, movement, counted_per, period, time_zone, amount_max, count_max
    ) VALUES (
      new_id, of_merchant_id, of_country, of_asset_code, of_movement, of_counted_per, of_period, of_time_zone, of_amount_max,
      of_count_max
    );
    status := 'DONE';
    limit_rule_id := new_id;
  END IF;
END
$$;

-- Ends a limit, once for its key. Answers DONE, REPLAYED, each with the limit; KEY_REUSED; or NOT_IN_FORCE.
CREATE FUNCTION end_limit(
  key_scope text, key text, key_input_hash bytea, of_id uuid, OUT status text, OUT limit_rule_id uuid
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
BEGIN
  SELECT used.* INTO status, limit_rule_id FROM look_up_limit_key(key_scope, key, key_input_hash) used;
  IF status IS NOT NULL THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM limit_rule r WHERE r.id = of_id AND r.ended_at IS NULL) THEN
    status := 'NOT_IN_FORCE';
  ELSIF NOT keep_limit_key(key_scope, key, 'endLimit', key_input_hash, of_id) THEN
    status := 'KEY_REUSED';
  ELSE
    UPDATE limit_rule r SET ended_at = clock_timestamp() WHERE r.id = of_id;
    status := 'DONE';
    limit_rule_id := of_id;
  END IF;
END
$$;

REVOKE ALL ON FUNCTION look_up_limit_key, keep_limit_key, define_limit, end_limit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION define_limit, end_limit TO ledger;
