-- Fills an empty ledger for a benchmark, table by table instead of transaction by transaction. The rows are those that the
-- ledger itself would have written: 100 points earned by each purchase, and by every third command 200 spent, the oldest
-- lots first. Triggers are off (`session_replication_role`), so a check of the invariants comes afterwards.
CREATE SCHEMA bench;

-- Shaped as a UUIDv7: `at` is its time, and its number makes it unique among those with the same mark.
CREATE FUNCTION bench.uuid_of(mark integer, number bigint, at timestamptz) RETURNS uuid LANGUAGE sql STABLE
  RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(mark), 3, '0') || '8000'
          || lpad(to_hex(number), 12, '0'))::uuid;

-- Holders by number. The first merchant has a tenth of them: it is the one that a hot account belongs to.
CREATE TABLE bench.holder (
  number integer PRIMARY KEY,
  id uuid NOT NULL,
  merchant_id uuid NOT NULL,
  program_id uuid NOT NULL,
  asset_id integer,
  asset jsonb,
  available_account_id uuid,
  cost_account_id uuid,
  clearing_account_id uuid
);

CREATE FUNCTION bench.open_holders(holder_count integer, merchant_count integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  opened_at constant timestamptz := date_trunc('day', now()) - interval '400 days';
BEGIN
  INSERT INTO ledger.merchant (id, status, version, store_ids, time_zone, country)
    SELECT bench.uuid_of(1, m, opened_at), 'LIVE', 1, '{}', 'Europe/Paris', 'FR' FROM generate_series(0, merchant_count - 1) m;
  INSERT INTO ledger.asset (code, scale) SELECT 'PTS.0' || lpad(m::text, 25, '0'), 0 FROM generate_series(0, merchant_count - 1) m;
  INSERT INTO bench.holder (number, id, merchant_id, program_id, asset_id, asset)
    SELECT h, bench.uuid_of(3, h, opened_at + h * interval '1 minute'), bench.uuid_of(1, o.m, opened_at),
           bench.uuid_of(2, o.m, opened_at), s.id, jsonb_build_object('code', s.code, 'scale', 0)
    FROM generate_series(1, holder_count) h
    CROSS JOIN LATERAL (SELECT CASE WHEN h % 10 = 0 THEN 0 ELSE 1 + h % (merchant_count - 1) END AS m) o
    JOIN ledger.asset s ON s.code = 'PTS.0' || lpad(o.m::text, 25, '0');

  INSERT INTO ledger.holder (id, kind, merchant_id, program_id, consumer_id, opened_at)
    SELECT id, 'wallet', merchant_id, program_id, bench.uuid_of(4, number, opened_at), opened_at FROM bench.holder;
  INSERT INTO ledger.account (merchant_id, program_id, holder_id, kind, normal_side, belongs_to, part, asset_id, floor)
    SELECT h.merchant_id, h.program_id, h.id, k.kind, k.normal_side, k.belongs_to, k.part, h.asset_id, 0
    FROM bench.holder h CROSS JOIN ledger.account_kind k WHERE k.category = 'POINTS' ORDER BY h.number;
  INSERT INTO ledger.account (merchant_id, program_id, kind, normal_side, belongs_to, part, asset_id)
    SELECT DISTINCT h.merchant_id, h.program_id, k.kind, k.normal_side, k.belongs_to, k.part, h.asset_id
    FROM bench.holder h CROSS JOIN ledger.account_kind k WHERE k.kind IN ('POINTS_COST', 'REWARD_CLEARING', 'BREAKAGE_INCOME');
  UPDATE bench.holder h SET available_account_id = own.id, cost_account_id = cost.id, clearing_account_id = clearing.id
  FROM ledger.account own, ledger.account cost, ledger.account clearing
  WHERE own.holder_id = h.id AND own.part = 'AVAILABLE'
    AND cost.merchant_id = h.merchant_id AND cost.kind = 'POINTS_COST'
    AND clearing.merchant_id = h.merchant_id AND clearing.kind = 'REWARD_CLEARING';
END
$$;

-- Of ten versions of a holder the 3rd, 6th and 9th spend.
CREATE FUNCTION bench.burns_until(version bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN 3 * (version / 10) + (version % 10) / 3;
CREATE FUNCTION bench.version_of_earning(earning bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN 10 * ((earning - 1) / 7) + (ARRAY[1, 2, 4, 5, 7, 8, 10])[(earning - 1) % 7 + 1];

-- The history is one version after the other for all its holders, spread over the last year.
CREATE FUNCTION bench.time_of(number bigint, transaction_count bigint) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN date_trunc('day', now()) - interval '360 days' + interval '359 days' * (number::float8 / transaction_count);

CREATE FUNCTION bench.write_history(first_holder integer, last_holder integer, versions bigint, offset_by bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  holder_count constant bigint := last_holder - first_holder + 1;
  transaction_count constant bigint := holder_count * versions;
BEGIN
  CREATE TEMPORARY TABLE history ON COMMIT DROP AS
    SELECT n + offset_by AS number, v AS version, v % 10 IN (3, 6, 9) AS is_burn, bench.burns_until(v) AS burns,
           bench.time_of(n, transaction_count) AS at, h.*,
           bench.uuid_of(5, n + offset_by, bench.time_of(n, transaction_count)) AS transaction_id
    FROM generate_series(1, versions) v
    CROSS JOIN LATERAL (
      SELECT (v - 1) * holder_count + (b.number - first_holder) + 1 AS n, b.id AS holder_id, b.merchant_id, b.program_id, b.asset_id,
             b.asset, b.available_account_id, b.cost_account_id, b.clearing_account_id
      FROM bench.holder b WHERE b.number BETWEEN first_holder AND last_holder ORDER BY b.number
    ) h;
  INSERT INTO ledger.transaction (
    id, kind, merchant_id, holder_id, holder_version, program_id, program_version, reference, purchase_amount_minor,
    purchase_currency, occurred_at, recorded_at, actor_kind, actor_id
  )
    SELECT transaction_id, CASE WHEN is_burn THEN 'BURN' ELSE 'EARN' END, merchant_id, holder_id, version, program_id, 1,
           'receipt-' || number, CASE WHEN NOT is_burn THEN 10000 END, CASE WHEN NOT is_burn THEN 'EUR' END, at, at, 'partner',
           'prt_01h455vb4pex5vsknk084sn02q'
    FROM history;
  INSERT INTO ledger.lot (
    id, holder_id, merchant_id, asset_id, category, vat_type, transaction_id, program_version, earned_at, expires_at,
    granted, available, spent
  )
    SELECT bench.uuid_of(6, number, at), holder_id, merchant_id, asset_id, 'POINTS', 'DISCOUNT', transaction_id, 1, at,
           at + interval '730 days', 100, CASE WHEN is_spent THEN 0 ELSE 100 END, CASE WHEN is_spent THEN 100 ELSE 0 END
    FROM (SELECT *, version - burns <= 2 * bench.burns_until(versions) AS is_spent FROM history WHERE NOT is_burn) earned;
  INSERT INTO ledger.posting (
    transaction_id, position, merchant_id, debit_account_id, credit_account_id, asset_id, amount, debit_lot_id, credit_lot_id
  )
    SELECT transaction_id, 1, merchant_id, cost_account_id, available_account_id, asset_id, 100, NULL, bench.uuid_of(6, number, at)
    FROM history WHERE NOT is_burn
    UNION ALL
    SELECT h.transaction_id, side.position, h.merchant_id, h.available_account_id, h.clearing_account_id, h.asset_id, 100,
           bench.uuid_of(6, spent.n + offset_by, bench.time_of(spent.n, transaction_count)), NULL
    FROM history h
    CROSS JOIN (VALUES (1::smallint), (2::smallint)) AS side (position)
    CROSS JOIN LATERAL (
      SELECT (bench.version_of_earning(2 * (h.burns - 1) + side.position) - h.version) * holder_count + h.number - offset_by AS n
    ) spent
    WHERE h.is_burn;
  INSERT INTO ledger.balance_change (holder_id, version, merchant_id, transaction_id, kind, deltas, balances)
    SELECT holder_id, version, merchant_id, transaction_id, CASE WHEN is_burn THEN 'BURN' ELSE 'EARN' END,
           jsonb_build_array(jsonb_build_object('asset', asset, 'posted', CASE WHEN is_burn THEN '-200' ELSE '100' END)),
           jsonb_build_array(jsonb_build_object('asset', asset, 'posted', posted, 'pending', '0', 'held', '0', 'available', posted))
    FROM (SELECT *, (100 * (version - burns) - 200 * burns)::text AS posted FROM history) changed;
  INSERT INTO ledger.idempotency (scope, key, command, input_hash, holder_id, transaction_ids, recorded_at)
    SELECT 'mer_01h455vb4pex5vsknk084sn02q', gen_random_uuid()::text, CASE WHEN is_burn THEN 'burnPoints' ELSE 'earnPoints' END,
           sha256(number::text::bytea), holder_id, ARRAY[transaction_id], at
    FROM history;
  UPDATE ledger.holder h SET version = versions, active_at = newest.at, due_at = oldest.at + interval '730 days'
    FROM history newest, history oldest
    WHERE newest.holder_id = h.id AND newest.version = versions AND oldest.holder_id = h.id
      AND oldest.version = bench.version_of_earning(least(2 * bench.burns_until(versions) + 1, versions - bench.burns_until(versions)));
  UPDATE ledger.account a SET debits = a.debits + moved.debits, credits = a.credits + moved.credits
    FROM (
      SELECT available_account_id AS id, 200 * burns AS debits, 100 * (version - burns) AS credits FROM history WHERE version = versions
      UNION ALL
      SELECT cost_account_id, sum(100 * (version - burns)), 0 FROM history WHERE version = versions GROUP BY 1
      UNION ALL
      SELECT clearing_account_id, 0, sum(200 * burns) FROM history WHERE version = versions GROUP BY 1
    ) moved WHERE moved.id = a.id;
END
$$;
