-- How much, or how often, may move in a period. A rule is for one merchant, for one country, or for everybody; it counts
-- each holder for itself, each merchant, or the whole country.
CREATE TABLE limit_rule (
  id uuid CONSTRAINT limit_rule_pkey PRIMARY KEY DEFAULT uuidv7(),
  -- NULL: of every merchant.
  merchant_id uuid,
  -- ISO 3166-1; NULL: in every country.
  country text,
  asset_code text NOT NULL,
  -- SPEND: burns and holds when they are placed. EARN. TRANSFER: what leaves a holder for another.
  movement text NOT NULL,
  counted_per text NOT NULL,
  period text NOT NULL,
  -- IANA; where the period begins.
  time_zone text NOT NULL,
  -- In the asset's smallest unit.
  amount_max bigint,
  count_max bigint,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- A rule is never changed: it is ended, and another one begins.
  ended_at timestamptz(3),
  CONSTRAINT limit_rule_country_form CHECK (country ~ '^[A-Z]{2}$'),
  CONSTRAINT limit_rule_movement_value CHECK (movement IN ('SPEND', 'EARN', 'TRANSFER')),
  CONSTRAINT limit_rule_counted_per_value CHECK (counted_per IN ('HOLDER', 'MERCHANT', 'COUNTRY')),
  CONSTRAINT limit_rule_country_counted CHECK (counted_per <> 'COUNTRY' OR (country IS NOT NULL AND merchant_id IS NULL)),
  CONSTRAINT limit_rule_period_value CHECK (period IN ('DAY', 'WEEK', 'MONTH', 'YEAR')),
  CONSTRAINT limit_rule_limits_something CHECK (amount_max IS NOT NULL OR count_max IS NOT NULL),
  CONSTRAINT limit_rule_amount_max_not_negative CHECK (amount_max >= 0),
  CONSTRAINT limit_rule_count_max_not_negative CHECK (count_max >= 0)
);
-- Serves finding the rules that a batch must keep.
CREATE INDEX limit_rule_active_idx ON limit_rule (merchant_id) WHERE ended_at IS NULL;

-- What was used of a limit in a period.
CREATE TABLE limit_usage (
  rule_id uuid NOT NULL CONSTRAINT limit_usage_rule_id_fkey REFERENCES limit_rule (id),
  -- A holder's or merchant's UUID, or a country.
  subject text NOT NULL,
  period_start date NOT NULL,
  amount bigint NOT NULL DEFAULT 0,
  count bigint NOT NULL DEFAULT 0,
  CONSTRAINT limit_usage_pkey PRIMARY KEY (rule_id, subject, period_start),
  CONSTRAINT limit_usage_not_negative CHECK (amount >= 0 AND count >= 0)
) WITH (fillfactor = 70);

GRANT SELECT ON limit_rule, limit_usage TO ledger;
GRANT INSERT (merchant_id, country, asset_code, movement, counted_per, period, time_zone, amount_max, count_max)
  ON limit_rule TO ledger;
GRANT UPDATE (ended_at) ON limit_rule TO ledger;
