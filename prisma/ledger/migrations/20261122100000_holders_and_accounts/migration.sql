-- What is counted: a currency, or the points of one program. Rows are never changed.
CREATE TABLE asset (
  id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT asset_pkey PRIMARY KEY,
  -- `EUR`, or `PTS.` and the 26 characters of the program's identifier.
  code text NOT NULL,
  -- Decimal digits of the smallest unit: 2 for EUR, 0 for points.
  scale smallint NOT NULL,
  CONSTRAINT asset_code_key UNIQUE (code),
  CONSTRAINT asset_code_form CHECK (code ~ '^([A-Z]{3}|PTS\.[0-7][0-9a-hjkmnp-tv-z]{25})$'),
  CONSTRAINT asset_scale_range CHECK (scale BETWEEN 0 AND 4)
);

-- The chart of accounts: which kinds there are, on which side each grows, and whom it belongs to.
CREATE TABLE account_kind (
  kind text CONSTRAINT account_kind_pkey PRIMARY KEY,
  normal_side text NOT NULL,
  belongs_to text NOT NULL,
  description text NOT NULL,
  CONSTRAINT account_kind_normal_side_value CHECK (normal_side IN ('DEBIT', 'CREDIT')),
  CONSTRAINT account_kind_belongs_to_value CHECK (belongs_to IN ('HOLDER', 'ISSUER')),
  -- Lets an account carry, and its foreign key hold, what its kind says.
  CONSTRAINT account_kind_rule_key UNIQUE (kind, normal_side, belongs_to)
);
INSERT INTO account_kind (kind, normal_side, belongs_to, description) VALUES
  ('POINTS_LIABILITY', 'CREDIT', 'HOLDER', 'Points that the merchant owes to a holder.'),
  ('POINTS_COST', 'DEBIT', 'ISSUER', 'Points that a program has granted.'),
  ('REWARD_CLEARING', 'CREDIT', 'ISSUER', 'Points that holders have spent and that wait to be settled.');

-- What value belongs to: a wallet or a card. Nothing but the version is ever changed.
CREATE TABLE holder (
  -- Chosen by whoever owns the wallet or card.
  id uuid CONSTRAINT holder_pkey PRIMARY KEY,
  kind text NOT NULL,
  merchant_id uuid NOT NULL,
  program_id uuid NOT NULL,
  -- Pseudonymous.
  consumer_id uuid NOT NULL,
  -- Raised by exactly one with each transaction that touches any of the holder's accounts.
  version bigint NOT NULL DEFAULT 0,
  opened_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT holder_id_merchant_id_key UNIQUE (id, merchant_id),
  CONSTRAINT holder_kind_value CHECK (kind IN ('wallet', 'card')),
  CONSTRAINT holder_version_not_negative CHECK (version >= 0)
-- Room on each page lets the version be raised in place, without touching an index.
) WITH (fillfactor = 70);

CREATE TABLE account (
  id uuid CONSTRAINT account_pkey PRIMARY KEY DEFAULT uuidv7(),
  merchant_id uuid NOT NULL,
  program_id uuid NOT NULL,
  -- NULL on the issuer's side.
  holder_id uuid,
  kind text NOT NULL,
  normal_side text NOT NULL,
  belongs_to text NOT NULL,
  asset_id integer NOT NULL CONSTRAINT account_asset_id_fkey REFERENCES asset (id),
  -- The balance never goes below; NULL means that there is no floor.
  floor bigint,
  -- Sums of all postings on either side. They only grow, so neither can overflow unseen, and a trial balance needs no posting.
  debits bigint NOT NULL DEFAULT 0,
  credits bigint NOT NULL DEFAULT 0,
  balance bigint NOT NULL GENERATED ALWAYS AS (
    CASE normal_side WHEN 'CREDIT' THEN credits - debits ELSE debits - credits END
  ) STORED,
  CONSTRAINT account_kind_fkey FOREIGN KEY (kind, normal_side, belongs_to)
    REFERENCES account_kind (kind, normal_side, belongs_to),
  CONSTRAINT account_holder_fkey FOREIGN KEY (holder_id, merchant_id) REFERENCES holder (id, merchant_id),
  -- Holds the asset and the merchant of both sides of a posting.
  CONSTRAINT account_id_asset_id_merchant_id_key UNIQUE (id, asset_id, merchant_id),
  -- Also serves all accounts of a holder.
  CONSTRAINT account_holder_id_asset_id_kind_key UNIQUE (holder_id, asset_id, kind),
  CONSTRAINT account_belongs_to_holder CHECK ((belongs_to = 'HOLDER') = (holder_id IS NOT NULL)),
  CONSTRAINT account_floor_of_holder CHECK (belongs_to = 'ISSUER' OR floor IS NOT NULL),
  CONSTRAINT account_debits_not_negative CHECK (debits >= 0),
  CONSTRAINT account_credits_not_negative CHECK (credits >= 0),
  CONSTRAINT account_balance_above_floor CHECK (floor IS NULL OR balance >= floor)
) WITH (fillfactor = 70);
-- One account of a kind for a program's issuer; serves finding it.
CREATE UNIQUE INDEX account_issuer_key ON account (merchant_id, program_id, asset_id, kind) WHERE holder_id IS NULL;
-- Serves the trial balance of a merchant.
CREATE INDEX account_merchant_id_idx ON account (merchant_id, kind, asset_id);

GRANT SELECT ON asset, account_kind, holder, account TO ledger;
