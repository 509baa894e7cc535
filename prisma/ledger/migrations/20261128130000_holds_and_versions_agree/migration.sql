-- What a hold has reserved and what its lots have as held are told twice, because each is looked up by itself. They are
-- compared when the transaction commits: within it one is written before the other.
CREATE FUNCTION hold_agrees_with_lots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM ledger.hold h
    WHERE h.id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid AND (
      h.held <> (SELECT coalesce(sum(hl.held), 0) FROM ledger.hold_lot hl WHERE hl.hold_id = h.id)
      OR EXISTS (
        SELECT FROM ledger.hold_lot hl JOIN ledger.lot l ON l.id = hl.lot_id
        WHERE hl.hold_id = h.id AND (l.holder_id, l.asset_id) <> (h.holder_id, h.asset_id)
      )
    )
  ) THEN
    RAISE EXCEPTION 'a hold has not what it has of lots'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_agrees_with_lots', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION lot_agrees_with_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM ledger.lot l
    WHERE l.id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
      AND l.held <> (SELECT coalesce(sum(hl.held), 0) FROM ledger.hold_lot hl WHERE hl.lot_id = l.id AND hl.held > 0)
  ) THEN
    RAISE EXCEPTION 'a lot holds something else than holds have of it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_agrees_with_holds', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER hold_agrees_with_lots AFTER INSERT OR UPDATE ON hold
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_agrees_with_lots('id');
CREATE CONSTRAINT TRIGGER hold_lot_agrees_with_hold AFTER INSERT OR UPDATE ON hold_lot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_agrees_with_lots('hold_id');
CREATE CONSTRAINT TRIGGER hold_lot_agrees_with_lot AFTER INSERT OR UPDATE ON hold_lot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lot_agrees_with_holds('lot_id');
-- Most batches hold nothing: then nothing is compared.
CREATE CONSTRAINT TRIGGER lot_agrees_with_holds AFTER UPDATE ON lot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.held <> OLD.held) EXECUTE FUNCTION lot_agrees_with_holds('id');
-- Finds what other holds have of a lot.
CREATE INDEX hold_lot_lot_id_idx ON hold_lot (lot_id) WHERE held > 0;

-- Whoever follows a holder's changes trusts that none is missing: each batch goes on where the one before it ended, and ends
-- where the holder is.
CREATE FUNCTION versions_have_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT w.holder_id, min(w.version) AS first, max(w.version) AS last, count(*) AS count FROM written w GROUP BY w.holder_id
    ) w
    LEFT JOIN LATERAL (SELECT h.version FROM ledger.holder h WHERE h.id = w.holder_id LIMIT 1) h ON true
    WHERE h.version IS DISTINCT FROM w.last OR w.count <> w.last - w.first + 1 OR (
      w.first > 1
      AND NOT EXISTS (SELECT FROM ledger.balance_change b WHERE b.holder_id = w.holder_id AND b.version = w.first - 1)
    )
  ) THEN
    RAISE EXCEPTION 'changes of a holder do not lead from its version before to the one that it is at'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'balance_change_versions', TABLE = 'balance_change';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER balance_change_versions AFTER INSERT ON balance_change REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION versions_have_no_gap();

REVOKE ALL ON FUNCTION hold_agrees_with_lots, lot_agrees_with_holds, versions_have_no_gap FROM PUBLIC;
