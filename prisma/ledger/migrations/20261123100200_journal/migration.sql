-- The journal names the lots that a posting moved value of, and the transaction that a refund, return or reversal is about.
ALTER TABLE transaction RENAME COLUMN reverses_transaction_id TO related_transaction_id;
ALTER TABLE transaction RENAME CONSTRAINT transaction_reverses_transaction_id_fkey TO transaction_related_transaction_id_fkey;
DROP INDEX transaction_reverses_transaction_id_key;
-- A transaction is reversed at most once; serves finding what reversed it.
CREATE UNIQUE INDEX transaction_reversal_key ON transaction (related_transaction_id) WHERE kind = 'REVERSAL';
-- Serves finding everything that came after a transaction.
CREATE INDEX transaction_related_transaction_id_idx ON transaction (related_transaction_id)
  WHERE related_transaction_id IS NOT NULL;

ALTER TABLE transaction
  -- The version of the posting templates that it was made by.
  ADD COLUMN template_version smallint NOT NULL DEFAULT 1,
  ADD COLUMN hold_id uuid CONSTRAINT transaction_hold_id_fkey REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
  -- [{ "lineId", "amountMinor" }]: the lines of a purchase, or those of it that were returned.
  ADD COLUMN purchase_lines jsonb,
  -- What could not be taken back of a returned purchase, because it was spent and may not be owed.
  ADD COLUMN uncollected bigint,
  DROP CONSTRAINT transaction_kind_value,
  DROP CONSTRAINT transaction_purchase_of_earn,
  DROP CONSTRAINT transaction_reversal_of_one,
  DROP CONSTRAINT transaction_reason_of_reversal,
  DROP CONSTRAINT transaction_actor_kind_value,
  -- The key of balance_change says the same.
  DROP CONSTRAINT transaction_holder_id_holder_version_key,
  ADD CONSTRAINT transaction_kind_value CHECK (kind IN (
    'EARN', 'BURN', 'HOLD', 'CAPTURE', 'RELEASE', 'HOLD_EXPIRY', 'ACTIVATION', 'EXPIRY', 'REFUND', 'RETURN', 'REVERSAL',
    'TRANSFER', 'SALE', 'GRANT'
  )),
  ADD CONSTRAINT transaction_purchase_of_kind CHECK (
    CASE kind WHEN 'EARN' THEN purchase_amount_minor IS NOT NULL WHEN 'RETURN' THEN true ELSE purchase_amount_minor IS NULL END
  ),
  ADD CONSTRAINT transaction_related_of_kind CHECK (
    (kind IN ('REFUND', 'RETURN', 'REVERSAL')) = (related_transaction_id IS NOT NULL)
  ),
  ADD CONSTRAINT transaction_reason_of_kind CHECK (kind IN ('REFUND', 'RETURN', 'REVERSAL') OR reason IS NULL),
  ADD CONSTRAINT transaction_hold_of_kind CHECK (
    (kind IN ('HOLD', 'CAPTURE', 'RELEASE', 'HOLD_EXPIRY')) = (hold_id IS NOT NULL)
  ),
  ADD CONSTRAINT transaction_uncollected_positive CHECK (uncollected > 0),
  ADD CONSTRAINT transaction_actor_kind_value CHECK (actor_kind IN ('staff', 'partner', 'operator', 'consumer', 'system'));

ALTER TABLE posting ADD COLUMN debit_lot_id uuid, ADD COLUMN credit_lot_id uuid;

-- A key may belong to several transactions, and to none where a command found nothing to do. The first of them stays named
-- for the rows of before.
ALTER TABLE idempotency
  ADD COLUMN transaction_ids uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN holder_id uuid,
  DROP CONSTRAINT idempotency_transaction_id_fkey;
ALTER TABLE idempotency DISABLE TRIGGER idempotency_unchanged;
UPDATE idempotency k SET transaction_ids = ARRAY[k.transaction_id], holder_id = t.holder_id
  FROM transaction t WHERE t.id = k.transaction_id;
ALTER TABLE idempotency ENABLE TRIGGER idempotency_unchanged;
ALTER TABLE idempotency
  ALTER COLUMN transaction_ids DROP DEFAULT,
  ALTER COLUMN holder_id SET NOT NULL,
  DROP COLUMN transaction_id;

-- Keys that point from history to what it is about were checked row by row, which took a third of a batch's time. They are
-- checked once for each statement instead, by look-ups that see the same rows: what they point to is never deleted.
ALTER TABLE transaction DROP CONSTRAINT transaction_holder_id_fkey;
ALTER TABLE balance_change DROP CONSTRAINT balance_change_transaction_id_fkey;
ALTER TABLE lot DROP CONSTRAINT lot_holder_fkey, DROP CONSTRAINT lot_asset_id_fkey;
ALTER TABLE posting
  DROP CONSTRAINT posting_transaction_id_fkey,
  DROP CONSTRAINT posting_debit_account_fkey,
  DROP CONSTRAINT posting_credit_account_fkey;

-- Each row costs one look-up for each thing that it names. What it names is looked up by its key (LATERAL, LIMIT 1), which
-- leaves the planner nothing to guess.
CREATE FUNCTION posting_points_to_what_is() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken_rule text;
BEGIN
  SELECT min(CASE
      WHEN (d.asset_id, d.merchant_id, c.asset_id, c.merchant_id, t.merchant_id)
        IS DISTINCT FROM (p.asset_id, p.merchant_id, p.asset_id, p.merchant_id, p.merchant_id) THEN 'posting_accounts_fkey'
      WHEN CASE WHEN d.part IN ('PENDING', 'AVAILABLE', 'HELD') THEN (dl.holder_id, dl.asset_id) IS DISTINCT FROM (d.holder_id, p.asset_id)
                ELSE p.debit_lot_id IS NOT NULL END
        OR CASE WHEN c.part IN ('PENDING', 'AVAILABLE', 'HELD') THEN (cl.holder_id, cl.asset_id) IS DISTINCT FROM (c.holder_id, p.asset_id)
                ELSE p.credit_lot_id IS NOT NULL END THEN 'posting_lots_fkey'
    END)
  INTO broken_rule
  FROM written p
  LEFT JOIN LATERAL (SELECT * FROM ledger.account a WHERE a.id = p.debit_account_id LIMIT 1) d ON true
  LEFT JOIN LATERAL (SELECT * FROM ledger.account a WHERE a.id = p.credit_account_id LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT t.merchant_id FROM ledger.transaction t WHERE t.id = p.transaction_id LIMIT 1) t ON true
  LEFT JOIN LATERAL (SELECT l.holder_id, l.asset_id FROM ledger.lot l WHERE l.id = p.debit_lot_id LIMIT 1) dl ON true
  LEFT JOIN LATERAL (SELECT l.holder_id, l.asset_id FROM ledger.lot l WHERE l.id = p.credit_lot_id LIMIT 1) cl ON true;
  IF broken_rule = 'posting_accounts_fkey' THEN
    RAISE EXCEPTION 'a posting names a transaction or an account that is not there, or not of its asset and merchant'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = broken_rule, TABLE = 'posting';
  ELSIF broken_rule IS NOT NULL THEN
    RAISE EXCEPTION 'a posting does not name the lot of its account''s holder that it moves value of'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = broken_rule, TABLE = 'posting';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER posting_points_to_what_is AFTER INSERT ON posting REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION posting_points_to_what_is();

-- For whoever writes by hand. The function that posts acts as the owner, and has compared all of a batch with the holders whose
-- versions it has just raised: one statement instead of three.
CREATE FUNCTION history_points_to_what_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM written w
    LEFT JOIN LATERAL (SELECT h.merchant_id FROM ledger.holder h WHERE h.id = w.holder_id LIMIT 1) h ON true
    WHERE h.merchant_id IS DISTINCT FROM w.merchant_id
  ) THEN
    RAISE EXCEPTION 'a row names a holder that is not there, or not of its merchant'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_TABLE_NAME || '_holder_fkey', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER transaction_points_to_what_is AFTER INSERT ON transaction REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_user <> 'ledger_owner') EXECUTE FUNCTION history_points_to_what_is();
CREATE TRIGGER lot_points_to_what_is AFTER INSERT ON lot REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_user <> 'ledger_owner') EXECUTE FUNCTION history_points_to_what_is();
CREATE TRIGGER balance_change_points_to_what_is AFTER INSERT ON balance_change REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_user <> 'ledger_owner') EXECUTE FUNCTION history_points_to_what_is();

-- What history points to is never forgotten either.
CREATE TRIGGER holder_never_deleted BEFORE DELETE OR TRUNCATE ON holder FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_never_deleted BEFORE DELETE OR TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_never_deleted BEFORE DELETE OR TRUNCATE ON lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_never_deleted BEFORE DELETE OR TRUNCATE ON hold FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DROP FUNCTION post_batch, first_results, write_items, decide_in_turn, passes_together, look_up, lock_batch, movements, balance_on;
DROP TYPE batch_posting, batch_item;
