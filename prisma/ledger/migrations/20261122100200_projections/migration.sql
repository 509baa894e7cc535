-- What the merchant subgraph says of merchants and programs, so that nobody has to be asked when money moves.
-- The newer version wins, in whatever order news comes.
CREATE TABLE merchant (
  id uuid CONSTRAINT merchant_pkey PRIMARY KEY,
  status text NOT NULL,
  version bigint NOT NULL,
  store_ids uuid[] NOT NULL,
  CONSTRAINT merchant_status_value CHECK (status IN ('DRAFT', 'LIVE', 'SUSPENDED'))
);

CREATE TABLE program (
  id uuid CONSTRAINT program_pkey PRIMARY KEY,
  merchant_id uuid NOT NULL,
  version bigint NOT NULL,
  -- ISO 4217, of the purchases.
  currency text NOT NULL,
  point_asset_code text NOT NULL
);

-- The terms of a program from an instant on.
CREATE TABLE program_version (
  program_id uuid NOT NULL CONSTRAINT program_version_program_id_fkey REFERENCES program (id),
  version integer NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  -- Points for each `per_amount_minor` of the purchase.
  points bigint NOT NULL,
  per_amount_minor bigint NOT NULL,
  rounding text NOT NULL,
  -- Purchases below earn nothing; 0 means no minimum.
  minimum_purchase_minor bigint NOT NULL,
  CONSTRAINT program_version_pkey PRIMARY KEY (program_id, version),
  CONSTRAINT program_version_points_positive CHECK (points > 0),
  CONSTRAINT program_version_per_amount_minor_positive CHECK (per_amount_minor > 0),
  CONSTRAINT program_version_rounding_value CHECK (rounding IN ('DOWN', 'HALF_UP', 'UP')),
  CONSTRAINT program_version_minimum_purchase_minor_not_negative CHECK (minimum_purchase_minor >= 0)
);

GRANT SELECT, INSERT, UPDATE ON merchant, program, program_version TO ledger;
