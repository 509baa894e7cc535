-- The way money moves: a batch of items, each a transaction of its own that is posted or refused on its own, in one call.
-- The order of things carries the guarantees:
--   1. Holders are locked, then accounts, each in the order of their ids: batches never wait for each other in a circle.
--   2. Only then keys, merchants and reversals are looked at, by statements that see whatever committed before the locks.
--   3. Items are decided together where all of them pass, in turn where one may not; both ways give the same answers.
--   4. What was accepted is written by one statement, with one update per account and holder.
-- Statements are planned once, perhaps while the tables are young, and the plan must hold when they have grown. So rows are
-- looked up one by one through an index (LATERAL … LIMIT 1) or by a list of ids, which leaves the planner nothing to guess.

CREATE TYPE batch_item AS (
  ordinal integer,
  transaction_id uuid,
  scope text,
  key text,
  command text,
  input_hash bytea,
  kind text,
  holder_id uuid,
  program_version integer,
  store_id uuid,
  reference text,
  purchase_amount_minor bigint,
  purchase_currency text,
  reverses_transaction_id uuid,
  reason text,
  occurred_at timestamptz(3),
  actor_kind text,
  actor_id text,
  -- The same ids as contracts write them, for the event.
  transaction_typeid text,
  holder_typeid text,
  merchant_typeid text,
  program_typeid text,
  consumer_typeid text,
  store_typeid text
);

CREATE TYPE batch_posting AS (
  -- Ordinal of the item.
  item integer,
  position smallint,
  debit_account_id uuid,
  credit_account_id uuid,
  amount bigint
);

CREATE FUNCTION rfc3339(instant timestamptz) RETURNS text LANGUAGE sql STABLE
  RETURN to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- What an account has when its sides add up to these.
CREATE FUNCTION balance_on(normal_side text, debits bigint, credits bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN CASE normal_side WHEN 'CREDIT' THEN credits - debits ELSE debits - credits END;

-- Both sides of the postings, added up for each item and account.
CREATE FUNCTION movements(postings batch_posting[])
RETURNS TABLE (item integer, account_id uuid, debits numeric, credits numeric) LANGUAGE sql STABLE AS $$
  SELECT p.item, side.account_id, sum(side.debit), sum(side.credit)
  FROM unnest(postings) p
  CROSS JOIN LATERAL (VALUES (p.debit_account_id, p.amount, 0), (p.credit_account_id, 0, p.amount))
    AS side (account_id, debit, credit)
  GROUP BY p.item, side.account_id
$$;

-- Locks what the batch touches and answers it as it is then: who waited sees what was committed meanwhile.
CREATE FUNCTION lock_batch(items batch_item[], postings batch_posting[], OUT holders holder[], OUT accounts account[])
LANGUAGE plpgsql AS $$
BEGIN
  SELECT array_agg(locked.holder) INTO holders FROM (
    SELECT h AS holder FROM holder h
    WHERE h.id = ANY (ARRAY(SELECT i.holder_id FROM unnest(items) i))
    ORDER BY h.id FOR NO KEY UPDATE
  ) locked;
  SELECT array_agg(locked.account) INTO accounts FROM (
    SELECT a AS account FROM account a
    WHERE a.id = ANY (ARRAY(SELECT m.account_id FROM movements(postings) m))
    ORDER BY a.id FOR NO KEY UPDATE
  ) locked;

  -- Faults of who calls, never outcomes: the batch is refused as a whole.
  IF EXISTS (SELECT FROM unnest(items) i WHERE i.holder_id NOT IN (SELECT h.id FROM unnest(holders) h)) THEN
    RAISE EXCEPTION 'an item names an unknown holder' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (
    SELECT FROM movements(postings) m
    LEFT JOIN unnest(accounts) a ON a.id = m.account_id
    LEFT JOIN unnest(items) i ON i.ordinal = m.item
    WHERE a.id IS NULL OR i.ordinal IS NULL OR a.holder_id <> i.holder_id
  ) THEN
    RAISE EXCEPTION 'a posting names an unknown account, or that of another holder'
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT FROM unnest(items) i WHERE i.ordinal NOT IN (SELECT p.item FROM unnest(postings) p)) THEN
    RAISE EXCEPTION 'an item has no posting' USING ERRCODE = 'check_violation';
  END IF;
END
$$;

-- What the database says of the items' keys, merchants and reversals.
CREATE FUNCTION look_up(items batch_item[], holders holder[])
RETURNS TABLE (ordinal integer, known_hash bytea, is_live boolean, is_reversed boolean) LANGUAGE sql STABLE AS $$
  SELECT i.ordinal, known.input_hash, coalesce(merchant.status = 'LIVE', false), reversal.is_found IS NOT NULL
  FROM unnest(items) i
  JOIN unnest(holders) h ON h.id = i.holder_id
  LEFT JOIN LATERAL (SELECT m.status FROM merchant m WHERE m.id = h.merchant_id LIMIT 1) merchant ON true
  LEFT JOIN LATERAL (
    SELECT k.input_hash FROM idempotency k WHERE k.scope = i.scope AND k.key = i.key LIMIT 1
  ) known ON true
  LEFT JOIN LATERAL (
    SELECT true AS is_found FROM transaction t WHERE t.reverses_transaction_id = i.reverses_transaction_id LIMIT 1
  ) reversal ON true
$$;

-- Whether every item passes when they are taken in their order.
CREATE FUNCTION passes_together(
  items batch_item[], postings batch_posting[], holders holder[], accounts account[]
) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
      SELECT FROM look_up(items, holders) l WHERE l.known_hash IS NOT NULL OR NOT l.is_live OR l.is_reversed
    )
    AND (SELECT count(*) = count(DISTINCT (i.scope, i.key)) FROM unnest(items) i)
    AND (
      SELECT count(i.reverses_transaction_id) = count(DISTINCT i.reverses_transaction_id) FROM unnest(items) i
    )
    AND NOT EXISTS (
      SELECT FROM (
        SELECT a.floor,
               a.balance + sum(CASE a.normal_side WHEN 'CREDIT' THEN m.credits - m.debits ELSE m.debits - m.credits END)
                 OVER in_order AS balance,
               a.debits + sum(m.debits) OVER in_order AS debits,
               a.credits + sum(m.credits) OVER in_order AS credits
        FROM movements(postings) m JOIN unnest(accounts) a ON a.id = m.account_id
        WINDOW in_order AS (PARTITION BY a.id ORDER BY m.item)
      ) running
      WHERE running.balance < running.floor
         OR running.debits > 9223372036854775807 OR running.credits > 9223372036854775807
    )
$$;

-- Takes the items one after the other, each seeing what those before it left.
CREATE FUNCTION decide_in_turn(
  items batch_item[], postings batch_posting[], holders holder[], accounts account[]
) RETURNS TABLE (ordinal integer, status text, available bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  greatest_amount CONSTANT bigint := 9223372036854775807;
  account_ids uuid[];
  debits bigint[];
  credits bigint[];
  new_debits bigint[];
  new_credits bigint[];
  posted_keys text[] := '{}';
  posted_hashes bytea[] := '{}';
  reversed_ids uuid[] := '{}';
  item record;
  posting record;
  at integer;
  touched integer[];
BEGIN
  SELECT array_agg(a.id), array_agg(a.debits), array_agg(a.credits) INTO account_ids, debits, credits
  FROM unnest(accounts) a;

  FOR item IN
    SELECT i.ordinal, i.scope || ' ' || i.key AS key, i.input_hash, i.reverses_transaction_id,
           l.known_hash, l.is_live, l.is_reversed
    FROM unnest(items) i JOIN look_up(items, holders) l ON l.ordinal = i.ordinal
    ORDER BY i.ordinal
  LOOP
    ordinal := item.ordinal;
    available := NULL;
    item.known_hash := coalesce(item.known_hash, posted_hashes[array_position(posted_keys, item.key)]);
    status := CASE
      WHEN item.known_hash = item.input_hash THEN 'REPLAYED'
      WHEN item.known_hash IS NOT NULL THEN 'KEY_REUSED'
      WHEN NOT item.is_live THEN 'NOT_LIVE'
      WHEN item.is_reversed OR item.reverses_transaction_id = ANY (reversed_ids) THEN 'ALREADY_REVERSED'
      ELSE 'POSTED'
    END;

    IF status = 'POSTED' THEN
      new_debits := debits;
      new_credits := credits;
      touched := '{}';
      FOR posting IN
        SELECT array_position(account_ids, p.debit_account_id) AS debit,
               array_position(account_ids, p.credit_account_id) AS credit, p.amount
        FROM unnest(postings) p WHERE p.item = item.ordinal ORDER BY p.position
      LOOP
        IF posting.amount > greatest_amount - new_debits[posting.debit]
           OR posting.amount > greatest_amount - new_credits[posting.credit] THEN
          status := 'OUT_OF_RANGE';
          EXIT;
        END IF;
        new_debits[posting.debit] := new_debits[posting.debit] + posting.amount;
        new_credits[posting.credit] := new_credits[posting.credit] + posting.amount;
        touched := touched || posting.debit || posting.credit;
      END LOOP;
    END IF;

    IF status = 'POSTED' THEN
      FOREACH at IN ARRAY touched LOOP
        IF balance_on(accounts[at].normal_side, new_debits[at], new_credits[at]) < accounts[at].floor THEN
          status := 'INSUFFICIENT';
          available := balance_on(accounts[at].normal_side, debits[at], credits[at]) - accounts[at].floor;
          EXIT;
        END IF;
      END LOOP;
    END IF;

    IF status = 'POSTED' THEN
      debits := new_debits;
      credits := new_credits;
      posted_keys := posted_keys || item.key;
      posted_hashes := posted_hashes || item.input_hash;
      reversed_ids := reversed_ids || item.reverses_transaction_id;
    END IF;
    RETURN NEXT;
  END LOOP;
END
$$;

-- Writes items that were accepted: journal, keys, events, and one update per account and holder.
CREATE FUNCTION write_items(
  items batch_item[], postings batch_posting[], holders holder[], accounts account[]
) RETURNS TABLE (ordinal integer, version bigint, recorded_at timestamptz, deltas jsonb, balances jsonb)
LANGUAGE sql AS $$
  WITH versioned AS (
    SELECT i.*, h.merchant_id, h.program_id,
           h.version + row_number() OVER (PARTITION BY i.holder_id ORDER BY i.ordinal) AS version
    FROM unnest(items) i JOIN unnest(holders) h ON h.id = i.holder_id
  ),
  movement AS MATERIALIZED (
    SELECT m.* FROM movements(postings) m WHERE m.item IN (SELECT i.ordinal FROM unnest(items) i)
  ),
  balance AS (
    SELECT i.ordinal, s.code, jsonb_build_object('code', s.code, 'scale', s.scale) AS asset,
           balance_on(a.normal_side, m.debits::bigint, m.credits::bigint) AS delta,
           (a.balance + sum(CASE a.normal_side WHEN 'CREDIT' THEN m.credits - m.debits ELSE m.debits - m.credits END)
             OVER (PARTITION BY a.id ORDER BY i.ordinal))::bigint::text AS posted
    FROM unnest(items) i
    CROSS JOIN LATERAL (SELECT * FROM account a WHERE a.holder_id = i.holder_id OFFSET 0) a
    CROSS JOIN LATERAL (SELECT * FROM asset s WHERE s.id = a.asset_id LIMIT 1) s
    LEFT JOIN movement m ON m.item = i.ordinal AND m.account_id = a.id
  ),
  change AS (
    SELECT b.ordinal,
           jsonb_agg(jsonb_build_object('asset', b.asset, 'posted', b.delta::text) ORDER BY b.code)
             FILTER (WHERE b.delta IS NOT NULL) AS deltas,
           jsonb_agg(
             jsonb_build_object('asset', b.asset, 'posted', b.posted, 'pending', '0', 'held', '0', 'available', b.posted)
             ORDER BY b.code
           ) AS balances
    FROM balance b GROUP BY b.ordinal
  ),
  item AS MATERIALIZED (
    SELECT v.*, c.deltas, c.balances, clock.recorded_at
    FROM versioned v
    JOIN change c ON c.ordinal = v.ordinal
    CROSS JOIN (SELECT date_trunc('milliseconds', clock_timestamp()) AS recorded_at) clock
  ),
  written_transaction AS (
    INSERT INTO transaction (
      id, kind, merchant_id, holder_id, holder_version, program_id, program_version, store_id, reference,
      purchase_amount_minor, purchase_currency, reverses_transaction_id, reason, occurred_at, recorded_at,
      actor_kind, actor_id
    )
    SELECT i.transaction_id, i.kind, i.merchant_id, i.holder_id, i.version, i.program_id, i.program_version, i.store_id,
           i.reference, i.purchase_amount_minor, i.purchase_currency, i.reverses_transaction_id, i.reason, i.occurred_at,
           i.recorded_at, i.actor_kind, i.actor_id
    FROM item i
  ),
  written_posting AS (
    INSERT INTO posting (
      transaction_id, position, merchant_id, debit_account_id, credit_account_id, asset_id, amount
    )
    SELECT i.transaction_id, p.position, i.merchant_id, p.debit_account_id, p.credit_account_id, a.asset_id, p.amount
    FROM unnest(postings) p JOIN item i ON i.ordinal = p.item JOIN unnest(accounts) a ON a.id = p.debit_account_id
  ),
  written_change AS (
    INSERT INTO balance_change (holder_id, version, merchant_id, transaction_id, kind, deltas, balances)
    SELECT i.holder_id, i.version, i.merchant_id, i.transaction_id, i.kind, i.deltas, i.balances FROM item i
  ),
  -- In the order of the keys: of two batches that bring the same keys for different holders one waits for the other, never
  -- each for the other.
  written_key AS (
    INSERT INTO idempotency (scope, key, command, input_hash, transaction_id, recorded_at)
    SELECT i.scope, i.key, i.command, i.input_hash, i.transaction_id, i.recorded_at FROM item i ORDER BY i.scope, i.key
  ),
  written_event AS (
    INSERT INTO outbox (topic, key, aggregate_version, value)
    SELECT 'localplus.ledger.balance-changed.v1', i.holder_typeid, i.version, jsonb_build_object(
      'holderId', i.holder_typeid,
      'merchantId', i.merchant_typeid,
      'programId', i.program_typeid,
      'consumerId', i.consumer_typeid,
      'storeId', i.store_typeid,
      'transactionId', i.transaction_typeid,
      'kind', i.kind,
      'version', i.version::text,
      'deltas', i.deltas,
      'balances', i.balances,
      'occurredAt', rfc3339(i.occurred_at),
      'recordedAt', rfc3339(i.recorded_at)
    )
    FROM item i ORDER BY i.ordinal
  ),
  moved_account AS (
    UPDATE account a SET debits = a.debits + net.debits, credits = a.credits + net.credits
    FROM (
      SELECT m.account_id, sum(m.debits)::bigint AS debits, sum(m.credits)::bigint AS credits
      FROM movement m GROUP BY m.account_id
    ) net
    WHERE a.id = net.account_id AND a.id = ANY (ARRAY(SELECT m.account_id FROM movement m))
  ),
  raised_holder AS (
    UPDATE holder h SET version = newest.version
    FROM (SELECT i.holder_id, max(i.version) AS version FROM item i GROUP BY i.holder_id) newest
    WHERE h.id = newest.holder_id AND h.id = ANY (ARRAY(SELECT i.holder_id FROM item i))
  )
  SELECT i.ordinal, i.version, i.recorded_at, i.deltas, i.balances FROM item i
$$;

-- What the first use of each key brought.
CREATE FUNCTION first_results(items batch_item[])
RETURNS TABLE (
  ordinal integer, transaction_id uuid, kind text, store_id uuid, version bigint, occurred_at timestamptz,
  recorded_at timestamptz, deltas jsonb, balances jsonb
) LANGUAGE sql STABLE AS $$
  SELECT i.ordinal, t.id, t.kind, t.store_id, c.version, t.occurred_at, t.recorded_at, c.deltas, c.balances
  FROM unnest(items) i
  CROSS JOIN LATERAL (SELECT * FROM idempotency k WHERE k.scope = i.scope AND k.key = i.key LIMIT 1) k
  CROSS JOIN LATERAL (SELECT * FROM transaction t WHERE t.id = k.transaction_id LIMIT 1) t
  CROSS JOIN LATERAL (
    SELECT * FROM balance_change c WHERE c.holder_id = t.holder_id AND c.version = t.holder_version LIMIT 1
  ) c
$$;

-- Posts a batch. Arrays of one group have the same length; ids of items and postings are chosen by the caller, so that
-- a batch that is sent again after a lost answer finds its own work under its keys.
-- Answers one row per item, in no particular order:
--   POSTED, REPLAYED    with what the transaction brought
--   KEY_REUSED          the key belongs to other input
--   INSUFFICIENT        with what is available on the account that would fall below its floor
--   OUT_OF_RANGE        a side of an account would leave 64 bits
--   NOT_LIVE            the merchant is unknown, a draft, or suspended
--   ALREADY_REVERSED    another transaction reverses the same one
CREATE FUNCTION post_batch(
  item_transaction_ids uuid[],
  item_scopes text[],
  item_keys text[],
  item_commands text[],
  item_input_hashes bytea[],
  item_kinds text[],
  item_holder_ids uuid[],
  item_program_versions integer[],
  item_store_ids uuid[],
  item_references text[],
  item_purchase_amounts_minor bigint[],
  item_purchase_currencies text[],
  item_reversed_transaction_ids uuid[],
  item_reasons text[],
  item_times timestamptz[],
  item_actor_kinds text[],
  item_actor_ids text[],
  item_transaction_typeids text[],
  item_holder_typeids text[],
  item_merchant_typeids text[],
  item_program_typeids text[],
  item_consumer_typeids text[],
  item_store_typeids text[],
  posting_items integer[],
  posting_debit_account_ids uuid[],
  posting_credit_account_ids uuid[],
  posting_amounts bigint[]
) RETURNS TABLE (
  ordinal integer, status text, available bigint, transaction_id uuid, kind text, store_id uuid, version bigint,
  occurred_at timestamptz, recorded_at timestamptz, deltas jsonb, balances jsonb
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  items batch_item[];
  postings batch_posting[];
  accepted batch_item[];
  replayed batch_item[];
  holders holder[];
  accounts account[];
BEGIN
  SELECT array_agg(ROW(i.ordinal, i.transaction_id, i.scope, i.key, i.command, i.input_hash, i.kind, i.holder_id,
                       i.program_version, i.store_id, i.reference, i.purchase_amount_minor, i.purchase_currency,
                       i.reverses_transaction_id, i.reason, i.occurred_at, i.actor_kind, i.actor_id,
                       i.transaction_typeid, i.holder_typeid, i.merchant_typeid, i.program_typeid, i.consumer_typeid,
                       i.store_typeid)::batch_item ORDER BY i.ordinal)
  INTO items
  FROM unnest(
    item_transaction_ids, item_scopes, item_keys, item_commands, item_input_hashes, item_kinds, item_holder_ids,
    item_program_versions, item_store_ids, item_references, item_purchase_amounts_minor, item_purchase_currencies,
    item_reversed_transaction_ids, item_reasons, item_times, item_actor_kinds, item_actor_ids,
    item_transaction_typeids, item_holder_typeids, item_merchant_typeids, item_program_typeids, item_consumer_typeids,
    item_store_typeids
  ) WITH ORDINALITY AS i (
    transaction_id, scope, key, command, input_hash, kind, holder_id, program_version, store_id, reference,
    purchase_amount_minor, purchase_currency, reverses_transaction_id, reason, occurred_at, actor_kind, actor_id,
    transaction_typeid, holder_typeid, merchant_typeid, program_typeid, consumer_typeid, store_typeid, ordinal
  );
  SELECT array_agg(ROW(p.item, row_number, p.debit_account_id, p.credit_account_id, p.amount)::batch_posting)
  INTO postings
  FROM (
    SELECT p.*, row_number() OVER (PARTITION BY p.item ORDER BY p.ordinal)
    FROM unnest(posting_items, posting_debit_account_ids, posting_credit_account_ids, posting_amounts)
      WITH ORDINALITY AS p (item, debit_account_id, credit_account_id, amount, ordinal)
  ) p;

  SELECT l.holders, l.accounts INTO holders, accounts FROM lock_batch(items, postings) l;

  IF passes_together(items, postings, holders, accounts) THEN
    accepted := items;
  ELSE
    FOR ordinal, status, available IN
      SELECT d.ordinal, d.status, d.available FROM decide_in_turn(items, postings, holders, accounts) d
    LOOP
      IF status = 'POSTED' THEN
        accepted := accepted || items[ordinal];
      ELSIF status = 'REPLAYED' THEN
        replayed := replayed || items[ordinal];
      ELSE
        RETURN NEXT;
      END IF;
    END LOOP;
  END IF;

  available := NULL;
  IF accepted IS NOT NULL THEN
    RETURN QUERY
      SELECT w.ordinal, 'POSTED', NULL::bigint, i.transaction_id, i.kind, i.store_id, w.version, i.occurred_at::timestamptz,
             w.recorded_at, w.deltas, w.balances
      FROM write_items(accepted, postings, holders, accounts) w JOIN unnest(accepted) i ON i.ordinal = w.ordinal;
  END IF;
  IF replayed IS NOT NULL THEN
    RETURN QUERY
      SELECT f.ordinal, 'REPLAYED', NULL::bigint, f.transaction_id, f.kind, f.store_id, f.version, f.occurred_at,
             f.recorded_at, f.deltas, f.balances
      FROM first_results(replayed) f;
  END IF;
END
$$;

-- Functions are open to everybody unless it is said otherwise.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION post_batch TO ledger;
