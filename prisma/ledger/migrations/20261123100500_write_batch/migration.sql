-- The second half of a batch: writes what was decided while the locks of lock_batch are held, in the same transaction.
-- Postings are the only thing that says how accounts and lots move; each gets one update with all that the batch posts on
-- it. What does not fit the state under the locks is refused as a whole: it is a fault of who calls, never an outcome.

--
-- Parameters are columns, and rows are made of them by subscripts (`holder_ids[i], … FROM generate_subscripts(holder_ids, 1) i`):
-- plpgsql takes the arrays apart once, where unnest would copy each of them for each statement. Rows that exist are found by
-- an array of their ids, so that statements that are planned once never read a whole table.

-- Moves every account by the sum of its postings. Floors and ranges are the table's own. Of holders only those have accounts
-- moved whose versions the batch raises: their locks cover their accounts. The issuers' accounts are locked in the order of
-- their ids.
CREATE FUNCTION move_accounts(
  raised_holder_ids uuid[], debit_account_ids uuid[], credit_account_ids uuid[], amounts bigint[], debit_lot_ids uuid[],
  credit_lot_ids uuid[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  account_ids uuid[];
  account_debits bigint[];
  account_credits bigint[];
  issuer_account_ids uuid[];
  moved_count integer;
BEGIN
  -- Value of holders is of lots: only a side without one can be an issuer's.
  SELECT array_agg(net.account_id), array_agg(net.debits), array_agg(net.credits),
         array_agg(net.account_id) FILTER (WHERE net.lots = 0)
  INTO account_ids, account_debits, account_credits, issuer_account_ids
  FROM (
    SELECT side.account_id, sum(side.debit)::bigint AS debits, sum(side.credit)::bigint AS credits, count(side.lot_id) AS lots
    FROM generate_subscripts(amounts, 1) i
    CROSS JOIN LATERAL (
      VALUES (debit_account_ids[i], amounts[i], 0, debit_lot_ids[i]), (credit_account_ids[i], 0, amounts[i], credit_lot_ids[i])
    ) AS side (account_id, debit, credit, lot_id)
    GROUP BY side.account_id
  ) net;
  PERFORM FROM account a WHERE a.id = ANY (issuer_account_ids) AND a.holder_id IS NULL ORDER BY a.id FOR NO KEY UPDATE;
  UPDATE account a SET debits = a.debits + account_debits[i], credits = a.credits + account_credits[i]
  FROM generate_subscripts(account_ids, 1) i
  WHERE a.id = account_ids[i] AND a.id = ANY (account_ids)
    AND (a.holder_id IS NULL OR a.holder_id = ANY (raised_holder_ids));
  GET DIAGNOSTICS moved_count = ROW_COUNT;
  IF moved_count <> cardinality(account_ids) THEN
    RAISE EXCEPTION 'a posting moves an account of a holder that the batch does not raise'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_accounts_fkey';
  END IF;
END
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
  change_event_keys text[],
  -- The event of each, which says what moved and all balances after it: the row takes both from there.
  change_event_values jsonb[],
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
  moved_lot_ids uuid[];
  moved_pending bigint[];
  moved_available bigint[];
  moved_held bigint[];
  raised_ids uuid[];
  raised_merchant_ids uuid[];
  fault text;
  written_lot_count integer := 0;
  changed_lot_count integer := 0;
BEGIN
  WITH raised AS (
    UPDATE holder h SET
      version = holder_versions_after[i], due_at = least(h.due_at, holder_due_times[i]),
      active_at = greatest(h.active_at, holder_active_times[i])
    FROM generate_subscripts(holder_ids, 1) i
    WHERE h.id = holder_ids[i] AND h.id = ANY (holder_ids) AND h.version = holder_versions_before[i]
    RETURNING h.id, h.merchant_id
  )
  SELECT array_agg(r.id), array_agg(r.merchant_id) INTO raised_ids, raised_merchant_ids FROM raised r;
  IF coalesce(cardinality(raised_ids), 0) <> cardinality(holder_ids) THEN
    RAISE EXCEPTION 'a holder is not at the version that the batch was decided on' USING ERRCODE = 'serialization_failure';
  END IF;
  fault := CASE
    WHEN EXISTS (
      SELECT FROM (
        SELECT transaction_holder_ids[i] AS holder_id, transaction_merchant_ids[i] AS merchant_id
        FROM generate_subscripts(transaction_ids, 1) i
        UNION ALL
        SELECT new_lot_holder_ids[i], new_lot_merchant_ids[i] FROM generate_subscripts(new_lot_ids, 1) i
        UNION ALL
        SELECT change_holder_ids[i], change_merchant_ids[i] FROM generate_subscripts(change_holder_ids, 1) i
      ) named
      WHERE (named.holder_id, named.merchant_id)
        NOT IN (SELECT raised_ids[i], raised_merchant_ids[i] FROM generate_subscripts(raised_ids, 1) i)
    ) THEN 'a row is of a holder that the batch does not raise, or of another merchant'
    -- A returned part of a purchase may have earned nothing; everything else moves something.
    WHEN EXISTS (
      SELECT FROM generate_subscripts(transaction_ids, 1) i
      WHERE transaction_kinds[i] <> 'RETURN' AND transaction_ids[i] NOT IN (SELECT unnest(posting_transaction_ids))
    ) THEN 'a transaction posts nothing'
    WHEN (SELECT sum(holder_versions_after[i] - holder_versions_before[i]) FROM generate_subscripts(holder_ids, 1) i)
      <> cardinality(change_holder_ids) THEN 'a holder is raised by another number than it has changes'
  END;
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION '%', fault USING ERRCODE = 'check_violation';
  END IF;

  INSERT INTO transaction (
    id, kind, template_version, merchant_id, holder_id, holder_version, program_id, program_version, store_id, reference,
    purchase_amount_minor, purchase_currency, purchase_lines, related_transaction_id, reason, hold_id, uncollected,
    occurred_at, recorded_at, actor_kind, actor_id
  )
  SELECT transaction_ids[i], transaction_kinds[i], transaction_template_versions[i], transaction_merchant_ids[i],
         transaction_holder_ids[i], transaction_holder_versions[i], transaction_program_ids[i], transaction_program_versions[i],
         transaction_store_ids[i], transaction_references[i], transaction_purchase_amounts_minor[i],
         transaction_purchase_currencies[i], transaction_purchase_lines[i], transaction_related_ids[i], transaction_reasons[i],
         transaction_hold_ids[i], transaction_uncollected[i], transaction_times[i], write_batch.recorded_at,
         transaction_actor_kinds[i], transaction_actor_ids[i]
  FROM generate_subscripts(transaction_ids, 1) i;

  -- What the postings did to each lot, in each of the three parts that its value can be in.
  SELECT array_agg(moved.lot_id), array_agg(moved.pending), array_agg(moved.available), array_agg(moved.held)
  INTO moved_lot_ids, moved_pending, moved_available, moved_held
  FROM (
    SELECT side.lot_id,
           coalesce(sum(side.amount) FILTER (WHERE a.part = 'PENDING'), 0)::bigint AS pending,
           coalesce(sum(side.amount) FILTER (WHERE a.part = 'AVAILABLE'), 0)::bigint AS available,
           coalesce(sum(side.amount) FILTER (WHERE a.part = 'HELD'), 0)::bigint AS held
    FROM generate_subscripts(posting_amounts, 1) i
    CROSS JOIN LATERAL (
      VALUES (posting_debit_account_ids[i], posting_debit_lot_ids[i], -posting_amounts[i]),
             (posting_credit_account_ids[i], posting_credit_lot_ids[i], posting_amounts[i])
    ) AS side (account_id, lot_id, amount)
    CROSS JOIN LATERAL (SELECT a.part FROM account a WHERE a.id = side.account_id LIMIT 1) a
    WHERE side.lot_id IS NOT NULL
    GROUP BY side.lot_id
  ) moved;
  IF cardinality(new_lot_ids) > 0 THEN
    INSERT INTO lot (
      id, holder_id, merchant_id, asset_id, category, vat_type, transaction_id, origin_lot_id, program_version, earned_at,
      activates_at, expires_at, inactivity_days, granted, pending, available, held, spent, expired, revoked
    )
    SELECT new_lot_ids[i], new_lot_holder_ids[i], new_lot_merchant_ids[i], new_lot_asset_ids[i], new_lot_categories[i],
           new_lot_vat_types[i], new_lot_transaction_ids[i], new_lot_origin_ids[i], new_lot_program_versions[i],
           new_lot_earned_times[i], new_lot_activation_times[i], new_lot_expiry_times[i], new_lot_inactivity_days[i],
           new_lot_granted[i], moved_pending[m], moved_available[m], moved_held[m], new_lot_spent[i], new_lot_expired[i],
           new_lot_revoked[i]
    FROM generate_subscripts(new_lot_ids, 1) i LEFT JOIN generate_subscripts(moved_lot_ids, 1) m ON moved_lot_ids[m] = new_lot_ids[i];
    GET DIAGNOSTICS written_lot_count = ROW_COUNT;
  END IF;
  IF cardinality(changed_lot_ids) > 0 THEN
    UPDATE lot l SET
      pending = l.pending + moved_pending[m], available = l.available + moved_available[m], held = l.held + moved_held[m],
      spent = changed_lot_spent[i], expired = changed_lot_expired[i], revoked = changed_lot_revoked[i]
    FROM generate_subscripts(changed_lot_ids, 1) i JOIN generate_subscripts(moved_lot_ids, 1) m ON moved_lot_ids[m] = changed_lot_ids[i]
    WHERE l.id = changed_lot_ids[i] AND l.id = ANY (changed_lot_ids);
    GET DIAGNOSTICS changed_lot_count = ROW_COUNT;
  END IF;
  -- Every lot that a posting names is one of those two.
  IF coalesce(cardinality(moved_lot_ids), 0) <> written_lot_count + changed_lot_count THEN
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
  SELECT posting_transaction_ids[i], posting_positions[i], posting_merchant_ids[i], posting_debit_account_ids[i],
         posting_credit_account_ids[i], posting_asset_ids[i], posting_amounts[i], posting_debit_lot_ids[i],
         posting_credit_lot_ids[i]
  FROM generate_subscripts(posting_transaction_ids, 1) i;
  INSERT INTO balance_change (holder_id, version, merchant_id, transaction_id, kind, deltas, balances)
  SELECT change_holder_ids[i], change_versions[i], change_merchant_ids[i], change_transaction_ids[i], change_kinds[i],
         change_event_values[i] -> 'deltas', change_event_values[i] -> 'balances'
  FROM generate_subscripts(change_holder_ids, 1) i;
  INSERT INTO outbox (topic, key, aggregate_version, value)
  SELECT 'localplus.ledger.balance-changed.v1', change_event_keys[i], change_versions[i], change_event_values[i]
  FROM generate_subscripts(change_holder_ids, 1) i;
  -- In the order of the keys: of two batches that bring the same keys for different holders one waits for the other, never
  -- each for the other.
  INSERT INTO idempotency (scope, key, command, input_hash, holder_id, transaction_ids, recorded_at)
  SELECT key_scopes[i], keys[i], key_commands[i], key_input_hashes[i], key_holder_ids[i], key_transaction_ids[i]::uuid[],
         write_batch.recorded_at
  FROM generate_subscripts(keys, 1) i
  ORDER BY key_scopes[i], keys[i];

  IF cardinality(settled_holder_ids) > 0 THEN
    PERFORM find_next_due(settled_holder_ids);
  END IF;
  -- Last, so that the accounts that many batches move are locked for as short as can be.
  PERFORM move_accounts(
    holder_ids, posting_debit_account_ids, posting_credit_account_ids, posting_amounts, posting_debit_lot_ids, posting_credit_lot_ids
  );
END
$$;

-- Functions are open to everybody unless it is said otherwise.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_batch, write_batch, spendable_lots TO ledger;
