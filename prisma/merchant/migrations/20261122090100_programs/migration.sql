CREATE TYPE rounding AS ENUM ('DOWN', 'HALF_UP', 'UP');

CREATE TABLE loyalty_programs (
  id uuid CONSTRAINT loyalty_programs_pkey PRIMARY KEY,
  merchant_id uuid NOT NULL CONSTRAINT loyalty_programs_merchant_id_fkey REFERENCES merchants (id),
  -- ISO 4217, of the purchases.
  currency text NOT NULL,
  -- `PTS.` and the 26 characters of the program's identifier.
  point_asset_code text NOT NULL,
  -- Number of its versions; orders program-changed.
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Serves the pages of a merchant's programs.
  CONSTRAINT loyalty_programs_merchant_id_id_key UNIQUE (merchant_id, id),
  CONSTRAINT loyalty_programs_point_asset_code_key UNIQUE (point_asset_code),
  CONSTRAINT loyalty_programs_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT loyalty_programs_point_asset_code_form CHECK (point_asset_code ~ '^PTS\.[0-7][0-9a-hjkmnp-tv-z]{25}$'),
  CONSTRAINT loyalty_programs_version_positive CHECK (version >= 1)
);

-- The terms of a program from an instant on. In force at an instant: the highest version that has started.
CREATE TABLE program_versions (
  program_id uuid NOT NULL,
  version integer NOT NULL,
  merchant_id uuid NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  point_name text NOT NULL,
  points bigint NOT NULL,
  per_amount_minor bigint NOT NULL,
  rounding rounding NOT NULL,
  -- 0 means no minimum.
  minimum_purchase_minor bigint NOT NULL,
  -- NULL means without end.
  point_validity_days integer,
  published_at timestamptz(3) NOT NULL,
  CONSTRAINT program_versions_pkey PRIMARY KEY (program_id, version),
  CONSTRAINT program_versions_program_fkey FOREIGN KEY (merchant_id, program_id) REFERENCES loyalty_programs (merchant_id, id),
  CONSTRAINT program_versions_version_positive CHECK (version >= 1),
  CONSTRAINT program_versions_point_name_form CHECK (point_name = btrim(point_name) AND char_length(point_name) BETWEEN 1 AND 40),
  CONSTRAINT program_versions_points_positive CHECK (points > 0),
  CONSTRAINT program_versions_per_amount_minor_positive CHECK (per_amount_minor > 0),
  CONSTRAINT program_versions_minimum_purchase_minor_not_negative CHECK (minimum_purchase_minor >= 0),
  CONSTRAINT program_versions_point_validity_days_positive CHECK (point_validity_days > 0)
);

-- What was promised to consumers stays readable: also the owner of the table cannot rewrite it by accident.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER program_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON program_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON loyalty_programs, program_versions TO merchant;
GRANT UPDATE (version) ON loyalty_programs TO merchant;
