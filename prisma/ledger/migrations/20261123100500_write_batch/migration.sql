-- The second half of a batch: writes what was decided while the locks of lock_batch are held, in the same transaction.
-- Postings are the only thing that says how accounts and lots move; each gets one update with all that the batch posts on
-- it. What does not fit the state under the locks is refused as a whole: it is a fault of who calls, never an outcome.

-- Moves every account by the sum of its postings, in the order of their ids. Floors and ranges are the table's own. Of
-- holders only those have accounts moved whose versions the batch raises.
CREATE FUNCTION move_accounts(raised_holder_ids uuid[], debit_account_ids uuid[], credit_account_ids uuid[], amounts bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  locked_count integer;
  moved_count integer;
BEGIN
  PERFORM FROM account a WHERE a.id = ANY (debit_account_ids || credit_account_ids) ORDER BY a.id FOR NO KEY UPDATE;
  GET DIAGNOSTICS locked_count = ROW_COUNT;
  UPDATE account a SET debits = a.debits + net.debits, credits = a.credits + net.credits
  FROM (
    SELECT side.account_id, sum(side.debit)::bigint AS debits, sum(side.credit)::bigint AS credits
    FROM unnest(debit_account_ids, credit_account_ids, amounts) AS p (debit_account_id, credit_account_id, amount)
    CROSS JOIN LATERAL (VALUES (p.debit_account_id, p.amount, 0), (p.credit_account_id, 0, p.amount))
      AS side (account_id, debit, credit)
    GROUP BY side.account_id
  ) net
  WHERE a.id = net.account_id AND a.id = ANY (debit_account_ids || credit_account_ids)
    AND (a.holder_id IS NULL OR a.holder_id = ANY (raised_holder_ids));
  GET DIAGNOSTICS moved_count = ROW_COUNT;
  IF moved_count <> locked_count THEN
    RAISE EXCEPTION 'a posting moves an account of a holder that the batch does not raise'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_accounts_fkey';
  END IF;
END
$$;

CREATE TYPE lot_movement AS (lot_id uuid, pending bigint, available bigint, held bigint);

-- What the postings did to each lot, in each of the three parts that its value can be in.
CREATE FUNCTION lot_movements(
  debit_account_ids uuid[], credit_account_ids uuid[], amounts bigint[], debit_lot_ids uuid[], credit_lot_ids uuid[]
) RETURNS lot_movement[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(ROW(moved.lot_id, moved.pending, moved.available, moved.held)::lot_movement) FROM (
    SELECT side.lot_id,
           coalesce(sum(side.amount) FILTER (WHERE a.part = 'PENDING'), 0)::bigint AS pending,
           coalesce(sum(side.amount) FILTER (WHERE a.part = 'AVAILABLE'), 0)::bigint AS available,
           coalesce(sum(side.amount) FILTER (WHERE a.part = 'HELD'), 0)::bigint AS held
    FROM unnest(debit_account_ids, credit_account_ids, amounts, debit_lot_ids, credit_lot_ids)
      AS p (debit_account_id, credit_account_id, amount, debit_lot_id, credit_lot_id)
    CROSS JOIN LATERAL (
      VALUES (p.debit_account_id, p.debit_lot_id, -p.amount), (p.credit_account_id, p.credit_lot_id, p.amount)
    ) AS side (account_id, lot_id, amount)
    CROSS JOIN LATERAL (SELECT a.part FROM account a WHERE a.id = side.account_id LIMIT 1) a
    WHERE side.lot_id IS NOT NULL
    GROUP BY side.lot_id
  ) moved
$$;

-- Holds, and what they have of lots: rare enough to come as JSON, with the columns' names.
CREATE FUNCTION write_holds(new_holds json, changed_holds json, changed_hold_lots json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO hold (
    id, holder_id, merchant_id, asset_id, transaction_id, store_id, reference, placed_at, expires_at, amount, held
  )
    SELECT h.id, h.holder_id, h.merchant_id, h.asset_id, h.transaction_id, h.store_id, h.reference, h.placed_at,
           h.expires_at, h.amount, h.amount
    FROM json_populate_recordset(NULL::hold, new_holds) h;
  UPDATE hold h SET held = c.held, captured = c.captured, released = c.released, expired = c.expired
    FROM json_populate_recordset(NULL::hold, changed_holds) c WHERE h.id = c.id;
  INSERT INTO hold_lot (hold_id, lot_id, held)
    SELECT c.hold_id, c.lot_id, c.held FROM json_populate_recordset(NULL::hold_lot, changed_hold_lots) c
    ON CONFLICT ON CONSTRAINT hold_lot_pkey DO UPDATE SET held = excluded.held;
END
$$;

CREATE FUNCTION use_limits(used_limits json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE limit_usage u SET amount = u.amount + c.amount, count = u.count + c.count
    FROM json_populate_recordset(NULL::limit_usage, used_limits) c
    WHERE (u.rule_id, u.subject, u.period_start) = (c.rule_id, c.subject, c.period_start);
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

-- What becomes due next of holders whose due work was done.
CREATE FUNCTION find_next_due(settled_holder_ids uuid[]) RETURNS void LANGUAGE sql AS $$
  UPDATE holder h SET due_at = least(
    (SELECT least(
        min(l.activates_at) FILTER (WHERE l.pending > 0),
        min(l.expires_at) FILTER (WHERE l.available > 0),
        min(greatest(l.earned_at, h.active_at) + make_interval(days => l.inactivity_days)) FILTER (WHERE l.available > 0)
      )
      FROM lot l WHERE l.holder_id = h.id AND l.is_open),
    (SELECT min(o.expires_at) FROM hold o WHERE o.holder_id = h.id AND o.held > 0)
  )
  WHERE h.id = ANY (settled_holder_ids)
$$;

CREATE FUNCTION write_batch(
  holder_ids uuid[],
  holder_versions_before bigint[],
  holder_versions_after bigint[],
  -- Nothing that is new becomes due before; NULL: nothing new does.
  holder_due_times timestamptz[],
  -- NULL: the holder was not active.
  holder_active_times timestamptz[],
  -- Holders whose due work was done.
  settled_holder_ids uuid[],
  transaction_ids uuid[],
  transaction_kinds text[],
  transaction_template_versions smallint[],
  transaction_merchant_ids uuid[],
  transaction_holder_ids uuid[],
  transaction_holder_versions bigint[],
  transaction_program_ids uuid[],
  transaction_program_versions integer[],
  transaction_store_ids uuid[],
  transaction_references text[],
  transaction_purchase_amounts_minor bigint[],
  transaction_purchase_currencies text[],
  transaction_purchase_lines jsonb[],
  transaction_related_ids uuid[],
  transaction_reasons text[],
  transaction_hold_ids uuid[],
  transaction_uncollected bigint[],
  transaction_times timestamptz[],
  transaction_actor_kinds text[],
  transaction_actor_ids text[],
  posting_transaction_ids uuid[],
  posting_positions smallint[],
  posting_merchant_ids uuid[],
  posting_debit_account_ids uuid[],
  posting_credit_account_ids uuid[],
  posting_asset_ids integer[],
  posting_amounts bigint[],
  posting_debit_lot_ids uuid[],
  posting_credit_lot_ids uuid[],
  new_lot_ids uuid[],
  new_lot_holder_ids uuid[],
  new_lot_merchant_ids uuid[],
  new_lot_asset_ids integer[],
  new_lot_categories text[],
  new_lot_vat_types text[],
  new_lot_transaction_ids uuid[],
  new_lot_origin_ids uuid[],
  new_lot_program_versions integer[],
  new_lot_earned_times timestamptz[],
  new_lot_activation_times timestamptz[],
  new_lot_expiry_times timestamptz[],
  new_lot_inactivity_days integer[],
  new_lot_granted bigint[],
  new_lot_spent bigint[],
  new_lot_expired bigint[],
  new_lot_revoked bigint[],
  changed_lot_ids uuid[],
  changed_lot_spent bigint[],
  changed_lot_expired bigint[],
  changed_lot_revoked bigint[],
  change_holder_ids uuid[],
  change_versions bigint[],
  change_merchant_ids uuid[],
  change_transaction_ids uuid[],
  change_kinds text[],
  change_deltas jsonb[],
  change_balances jsonb[],
  event_keys text[],
  event_versions bigint[],
  event_values jsonb[],
  key_scopes text[],
  keys text[],
  key_commands text[],
  key_input_hashes bytea[],
  key_holder_ids uuid[],
  -- The transactions of each key, written as an array.
  key_transaction_ids text[],
  recorded_at timestamptz,
  -- NULL where the batch has nothing of it; see write_holds and use_limits.
  new_holds json,
  changed_holds json,
  changed_hold_lots json,
  used_limits json
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  movements lot_movement[];
  raised_count integer;
  new_lot_count integer;
  changed_lot_count integer;
BEGIN
  UPDATE holder h SET
    version = w.version_after, due_at = least(h.due_at, w.due_at), active_at = greatest(h.active_at, w.active_at)
  FROM unnest(holder_ids, holder_versions_before, holder_versions_after, holder_due_times, holder_active_times)
    AS w (id, version_before, version_after, due_at, active_at)
  WHERE h.id = w.id AND h.id = ANY (holder_ids) AND h.version = w.version_before;
  GET DIAGNOSTICS raised_count = ROW_COUNT;
  IF raised_count <> cardinality(holder_ids) THEN
    RAISE EXCEPTION 'a holder is not at the version that the batch was decided on' USING ERRCODE = 'serialization_failure';
  END IF;
  -- A returned part of a purchase may have earned nothing; everything else moves something.
  IF EXISTS (
    SELECT FROM unnest(transaction_ids, transaction_kinds) AS t (id, kind)
    WHERE t.kind <> 'RETURN' AND t.id <> ALL (posting_transaction_ids)
  ) THEN
    RAISE EXCEPTION 'a transaction posts nothing' USING ERRCODE = 'check_violation';
  END IF;

  INSERT INTO transaction (
    id, kind, template_version, merchant_id, holder_id, holder_version, program_id, program_version, store_id, reference,
    purchase_amount_minor, purchase_currency, purchase_lines, related_transaction_id, reason, hold_id, uncollected,
    occurred_at, recorded_at, actor_kind, actor_id
  )
  SELECT t.id, t.kind, t.template_version, t.merchant_id, t.holder_id, t.holder_version, t.program_id, t.program_version,
         t.store_id, t.reference, t.purchase_amount_minor, t.purchase_currency, t.purchase_lines, t.related_id, t.reason,
         t.hold_id, t.uncollected, t.occurred_at, write_batch.recorded_at, t.actor_kind, t.actor_id
  FROM unnest(
    transaction_ids, transaction_kinds, transaction_template_versions, transaction_merchant_ids, transaction_holder_ids,
    transaction_holder_versions, transaction_program_ids, transaction_program_versions, transaction_store_ids,
    transaction_references, transaction_purchase_amounts_minor, transaction_purchase_currencies,
    transaction_purchase_lines, transaction_related_ids, transaction_reasons, transaction_hold_ids,
    transaction_uncollected, transaction_times,
    transaction_actor_kinds, transaction_actor_ids
  ) AS t (
    id, kind, template_version, merchant_id, holder_id, holder_version, program_id, program_version, store_id, reference,
    purchase_amount_minor, purchase_currency, purchase_lines, related_id, reason, hold_id, uncollected, occurred_at,
    actor_kind, actor_id
  );

  movements := lot_movements(
    posting_debit_account_ids, posting_credit_account_ids, posting_amounts, posting_debit_lot_ids, posting_credit_lot_ids
  );
  INSERT INTO lot (
    id, holder_id, merchant_id, asset_id, category, vat_type, transaction_id, origin_lot_id, program_version, earned_at,
    activates_at, expires_at, inactivity_days, granted, pending, available, held, spent, expired, revoked
  )
  SELECT l.id, l.holder_id, l.merchant_id, l.asset_id, l.category, l.vat_type, l.transaction_id, l.origin_lot_id,
         l.program_version, l.earned_at, l.activates_at, l.expires_at, l.inactivity_days, l.granted, m.pending,
         m.available, m.held, l.spent, l.expired, l.revoked
  FROM unnest(
    new_lot_ids, new_lot_holder_ids, new_lot_merchant_ids, new_lot_asset_ids, new_lot_categories, new_lot_vat_types,
    new_lot_transaction_ids, new_lot_origin_ids, new_lot_program_versions, new_lot_earned_times,
    new_lot_activation_times, new_lot_expiry_times, new_lot_inactivity_days, new_lot_granted, new_lot_spent,
    new_lot_expired, new_lot_revoked
  ) AS l (
    id, holder_id, merchant_id, asset_id, category, vat_type, transaction_id, origin_lot_id, program_version, earned_at,
    activates_at, expires_at, inactivity_days, granted, spent, expired, revoked
  )
  LEFT JOIN unnest(movements) m ON m.lot_id = l.id;
  GET DIAGNOSTICS new_lot_count = ROW_COUNT;
  UPDATE lot l SET
    pending = l.pending + m.pending, available = l.available + m.available, held = l.held + m.held,
    spent = c.spent, expired = c.expired, revoked = c.revoked
  FROM unnest(changed_lot_ids, changed_lot_spent, changed_lot_expired, changed_lot_revoked) AS c (id, spent, expired, revoked)
  JOIN unnest(movements) m ON m.lot_id = c.id
  WHERE l.id = c.id AND l.id = ANY (changed_lot_ids);
  GET DIAGNOSTICS changed_lot_count = ROW_COUNT;
  -- Every lot that a posting names is one of those two.
  IF cardinality(movements) <> new_lot_count + changed_lot_count THEN
    RAISE EXCEPTION 'a posting moves a lot that the batch does not name' USING ERRCODE = 'check_violation';
  END IF;

  IF new_holds IS NOT NULL OR changed_holds IS NOT NULL THEN
    PERFORM write_holds(new_holds, changed_holds, changed_hold_lots);
  END IF;
  IF used_limits IS NOT NULL THEN
    PERFORM use_limits(used_limits);
  END IF;

  INSERT INTO posting (
    transaction_id, position, merchant_id, debit_account_id, credit_account_id, asset_id, amount, debit_lot_id, credit_lot_id
  )
  SELECT * FROM unnest(
    posting_transaction_ids, posting_positions, posting_merchant_ids, posting_debit_account_ids,
    posting_credit_account_ids, posting_asset_ids, posting_amounts, posting_debit_lot_ids, posting_credit_lot_ids
  );

  INSERT INTO balance_change (holder_id, version, merchant_id, transaction_id, kind, deltas, balances)
  SELECT * FROM unnest(
    change_holder_ids, change_versions, change_merchant_ids, change_transaction_ids, change_kinds, change_deltas,
    change_balances
  );
  INSERT INTO outbox (topic, key, aggregate_version, value)
  SELECT 'localplus.ledger.balance-changed.v1', e.key, e.version, e.value
  FROM unnest(event_keys, event_versions, event_values) AS e (key, version, value);
  -- In the order of the keys: of two batches that bring the same keys for different holders one waits for the other, never
  -- each for the other.
  INSERT INTO idempotency (scope, key, command, input_hash, holder_id, transaction_ids, recorded_at)
  SELECT k.scope, k.key, k.command, k.input_hash, k.holder_id, k.transaction_ids::uuid[], write_batch.recorded_at
  FROM unnest(key_scopes, keys, key_commands, key_input_hashes, key_holder_ids, key_transaction_ids)
    AS k (scope, key, command, input_hash, holder_id, transaction_ids)
  ORDER BY k.scope, k.key;

  IF cardinality(settled_holder_ids) > 0 THEN
    PERFORM find_next_due(settled_holder_ids);
  END IF;
  -- Last, so that the accounts that many batches move are locked for as short as can be.
  PERFORM move_accounts(holder_ids, posting_debit_account_ids, posting_credit_account_ids, posting_amounts);
END
$$;

-- Functions are open to everybody unless it is said otherwise.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_batch, write_batch, spendable_lots TO ledger;
