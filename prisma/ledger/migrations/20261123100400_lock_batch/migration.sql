-- The first half of a batch: locks the holders that it touches and answers all that has to be known to decide it.
-- The order of things carries the guarantees:
--   1. Holders are locked in the order of their ids, then counters of limits, then, when writing, accounts: batches never
--      wait for each other in a circle. A holder's lock covers its accounts, lots and holds.
--   2. Everything is read after that, by statements that see whatever committed before the locks. So a key that another
--      batch used first is seen.
-- Rows are looked up one by one through an index (LATERAL, or an array of ids), which leaves the planner nothing to guess:
-- statements are planned once, perhaps while the tables are young. Amounts travel as text, because JSON numbers end at 2^53.

CREATE FUNCTION lot_json(l lot) RETURNS json LANGUAGE sql STABLE
  RETURN json_build_array(
    l.id, l.holder_id, l.asset_id, l.category, l.vat_type, l.program_version, l.earned_at, l.activates_at, l.expires_at,
    l.inactivity_days, l.granted::text, l.pending::text, l.available::text, l.held::text, l.spent::text, l.expired::text,
    l.revoked::text
  );

CREATE TYPE wanted_counter AS (ordinal integer, rule_id uuid, subject text, period_start date);

-- Counters of the limits that the items must keep, locked. A counter that is not there yet begins at zero. Whose country is not
-- known keeps the limits of every country.
CREATE FUNCTION lock_limits(
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
      date_trunc(r.period, at AT TIME ZONE r.time_zone)::date
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
    SELECT DISTINCT w.rule_id, w.subject, w.period_start FROM unnest(wanted) w
    ORDER BY w.rule_id, w.subject, w.period_start
    ON CONFLICT ON CONSTRAINT limit_usage_pkey DO NOTHING;
  PERFORM FROM limit_usage u
    WHERE (u.rule_id, u.subject, u.period_start) IN (SELECT w.rule_id, w.subject, w.period_start FROM unnest(wanted) w)
    ORDER BY u.rule_id, u.subject, u.period_start FOR NO KEY UPDATE;
  SELECT json_agg(json_build_array(
      w.ordinal, w.rule_id, w.subject, w.period_start::text, u.amount::text, u.count::text, r.amount_max::text,
      r.count_max::text, r.counted_per, r.period
    ))
  INTO counters
  FROM unnest(wanted) w
  JOIN limit_usage u ON (u.rule_id, u.subject, u.period_start) = (w.rule_id, w.subject, w.period_start)
  JOIN limit_rule r ON r.id = w.rule_id;
  RETURN counters;
END
$$;

-- A transaction with its postings, for whoever refunds, returns or reverses it.
CREATE FUNCTION transaction_json(t transaction) RETURNS json LANGUAGE sql STABLE
  RETURN json_build_object(
    'id', t.id, 'kind', t.kind, 'holderId', t.holder_id, 'programVersion', t.program_version,
    'purchaseAmountMinor', t.purchase_amount_minor::text, 'purchaseCurrency', t.purchase_currency, 'purchaseLines', t.purchase_lines,
    'uncollected', t.uncollected::text,
    'postings', (
      SELECT json_agg(json_build_array(p.debit_account_id, p.credit_account_id, p.asset_id, p.amount::text,
                                       p.debit_lot_id, p.credit_lot_id) ORDER BY p.position)
      FROM posting p WHERE p.transaction_id = t.id
    )
  );

-- Lots of a holder in an asset that can be spent, in the order of their expiry: as many as it takes to cover an amount (NULL:
-- however many), at most so many of those with a date or none and of those that expire by inactivity. Which of the two come
-- first depends on when the holder was active; of the latter all are read.
CREATE FUNCTION lots_to_spend(of_holder_id uuid, of_asset_id integer, amount bigint, lots_max integer) RETURNS SETOF lot
LANGUAGE sql STABLE ROWS 2 AS $$
  (SELECT (dated.l).* FROM (
     SELECT l, sum(l.available) OVER (ORDER BY l.expires_at, l.id ROWS UNBOUNDED PRECEDING) - l.available AS before
     FROM lot l
     WHERE l.holder_id = of_holder_id AND l.asset_id = of_asset_id AND l.inactivity_days IS NULL AND l.is_open AND l.available > 0
     ORDER BY l.expires_at, l.id LIMIT lots_max
   ) dated
   WHERE amount IS NULL OR dated.before < amount)
  UNION ALL
  (SELECT l.* FROM lot l
   WHERE l.holder_id = of_holder_id AND l.asset_id = of_asset_id AND l.inactivity_days IS NOT NULL AND l.is_open AND l.available > 0
   ORDER BY l.inactivity_days, l.expires_at, l.id LIMIT lots_max)
$$;

-- Locks holders and answers one row, each column but the time an array in JSON:
--   holders   [id, version, dueAt, activeAt, isLive, [[accountId, balance], …]], accounts with a balance of zero left out
--   keys      [ordinal of the item, inputHash in hex, holderId, [transactionId, …]]  of keys that were used before
--   lots      see lot_json: those that are due, that holders may spend from, that holds and originals are about
--   holds     [id, holderId, assetId, expiresAt, amount, held, captured, released, expired, [[lotId, held], …]]: those asked
--             for, and those that are due
--   originals see transaction_json, each with `later`: what came after it
--   counters  see lock_limits
CREATE FUNCTION lock_batch(
  holder_ids uuid[],
  -- Who may have to spend, of which asset, and how much; NULL: that depends on what is read.
  spending_holder_ids uuid[],
  spending_asset_ids integer[],
  spending_amounts bigint[],
  lots_max integer,
  item_holder_ids uuid[],
  item_scopes text[],
  item_keys text[],
  item_countries text[],
  item_asset_codes text[],
  item_movements text[],
  hold_ids uuid[],
  original_ids uuid[],
  -- For tests that carry their own clock; NULL is the database's.
  given_time timestamptz
) RETURNS TABLE (at timestamptz, holders json, keys json, lots json, holds json, originals json, counters json)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  locked_count integer;
  due_holder_ids uuid[];
  wanted_hold_ids uuid[];
  wanted_lot_ids uuid[];
BEGIN
  PERFORM FROM holder h WHERE h.id = ANY (holder_ids) ORDER BY h.id FOR NO KEY UPDATE;
  GET DIAGNOSTICS locked_count = ROW_COUNT;
  IF locked_count <> cardinality(holder_ids) THEN
    RAISE EXCEPTION 'a batch names an unknown holder, or one twice' USING ERRCODE = 'foreign_key_violation';
  END IF;
  at := date_trunc('milliseconds', coalesce(given_time, clock_timestamp()));

  SELECT json_agg(json_build_array(h.id, h.version::text, h.due_at, h.active_at, coalesce(m.status = 'LIVE', false), a.balances)),
         array_agg(h.id) FILTER (WHERE h.due_at <= at)
  INTO holders, due_holder_ids
  FROM unnest(holder_ids) wanted (id)
  CROSS JOIN LATERAL (SELECT * FROM holder h WHERE h.id = wanted.id LIMIT 1) h
  LEFT JOIN LATERAL (SELECT m.status FROM merchant m WHERE m.id = h.merchant_id LIMIT 1) m ON true
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(a.id, a.balance::text)) AS balances FROM account a
    WHERE a.holder_id = h.id AND a.balance <> 0
  ) a;

  SELECT json_agg(json_build_array(i.ordinal, encode(k.input_hash, 'hex'), k.holder_id, k.transaction_ids))
  INTO keys
  FROM generate_subscripts(item_keys, 1) AS i (ordinal)
  CROSS JOIN LATERAL (SELECT * FROM idempotency k WHERE k.scope = item_scopes[ordinal] AND k.key = item_keys[ordinal] LIMIT 1) k;

  IF cardinality(original_ids) > 0 THEN
    SELECT json_agg(json_build_object('original', transaction_json(t), 'later', later.transactions))
    INTO originals
    FROM unnest(original_ids) wanted (id)
    CROSS JOIN LATERAL (SELECT t FROM transaction t WHERE t.id = wanted.id LIMIT 1) found
    CROSS JOIN LATERAL (SELECT (found.t).*) t
    CROSS JOIN LATERAL (
      SELECT json_agg(transaction_json(r)) AS transactions FROM transaction r WHERE r.related_transaction_id = wanted.id
    ) later;
  END IF;

  IF due_holder_ids IS NOT NULL OR cardinality(hold_ids) + cardinality(original_ids) > 0 THEN
    wanted_hold_ids := hold_ids || ARRAY(
      SELECT h.id FROM hold h
      WHERE h.holder_id = ANY (due_holder_ids) AND h.held > 0 AND h.expires_at <= at AND h.id <> ALL (hold_ids)
    );
    wanted_lot_ids := ARRAY(
      SELECT l.id FROM holder h JOIN lot l ON l.holder_id = h.id AND l.is_open
      WHERE h.id = ANY (due_holder_ids)
        AND (l.activates_at <= at OR l.expires_at <= at
             OR greatest(l.earned_at, h.active_at) + make_interval(days => l.inactivity_days) <= at)
      UNION ALL
      SELECT hl.lot_id FROM hold_lot hl WHERE hl.hold_id = ANY (wanted_hold_ids)
      UNION ALL
      SELECT p.debit_lot_id FROM posting p WHERE p.transaction_id = ANY (original_ids) AND p.debit_lot_id IS NOT NULL
      UNION ALL
      SELECT p.credit_lot_id FROM posting p WHERE p.transaction_id = ANY (original_ids) AND p.credit_lot_id IS NOT NULL
    );
    SELECT json_agg(json_build_array(
        h.id, h.holder_id, h.asset_id, h.expires_at, h.amount::text, h.held::text, h.captured::text,
        h.released::text, h.expired::text, (SELECT json_agg(json_build_array(hl.lot_id, hl.held::text)) FROM hold_lot hl WHERE hl.hold_id = h.id)
      ))
    INTO holds
    FROM hold h WHERE h.id = ANY (wanted_hold_ids);
  END IF;
  IF wanted_lot_ids IS NOT NULL OR cardinality(spending_holder_ids) > 0 THEN
    -- A lot may come twice, as it is.
    SELECT json_agg(lot_json(wanted::lot)) INTO lots FROM (
      SELECT s.* FROM generate_subscripts(spending_holder_ids, 1) i
      CROSS JOIN LATERAL lots_to_spend(spending_holder_ids[i], spending_asset_ids[i], spending_amounts[i], lots_max) s
      UNION ALL
      SELECT l.* FROM lot l WHERE l.id = ANY (wanted_lot_ids)
    ) wanted;
  END IF;

  counters := lock_limits(item_holder_ids, item_countries, item_asset_codes, item_movements, at);
  RETURN NEXT;
END
$$;

-- More lots of a holder whose lock is held: for the rare command that needs more of them than a batch reads at first.
CREATE FUNCTION spendable_lots(of_holder_id uuid, of_asset_ids integer[], lots_max integer) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ledger, pg_temp AS $$
  SELECT json_agg(lot_json(l)) FROM unnest(of_asset_ids) asset_id CROSS JOIN LATERAL lots_to_spend(of_holder_id, asset_id, NULL, lots_max) l
$$;
