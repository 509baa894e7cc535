CREATE TYPE merchant_status AS ENUM ('DRAFT', 'LIVE', 'SUSPENDED');
CREATE TYPE staff_role AS ENUM ('owner', 'manager', 'cashier');

-- Every command on a merchant locks its row here first: commands of one merchant come one after another.
CREATE TABLE merchants (
  id uuid CONSTRAINT merchants_pkey PRIMARY KEY,
  name text NOT NULL,
  legal_name text NOT NULL,
  -- ISO 3166-1 alpha-2.
  country text NOT NULL,
  -- IANA name.
  time_zone text NOT NULL,
  -- ISO 4217.
  currency text NOT NULL,
  status merchant_status NOT NULL DEFAULT 'DRAFT',
  -- Why it was suspended.
  status_reason text,
  -- Raised by one with each change of this row or of its stores; orders merchant-changed.
  version bigint NOT NULL DEFAULT 1,
  -- Raised by one with each change of what a login or a partner may do here; orders access-changed.
  access_version bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT merchants_name_form CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT merchants_legal_name_form CHECK (legal_name = btrim(legal_name) AND char_length(legal_name) BETWEEN 1 AND 200),
  CONSTRAINT merchants_country_form CHECK (country ~ '^[A-Z]{2}$'),
  CONSTRAINT merchants_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT merchants_status_reason_form CHECK (char_length(status_reason) BETWEEN 1 AND 200),
  CONSTRAINT merchants_status_reason_present CHECK ((status = 'SUSPENDED') = (status_reason IS NOT NULL)),
  CONSTRAINT merchants_version_positive CHECK (version >= 1),
  CONSTRAINT merchants_access_version_not_negative CHECK (access_version >= 0)
);

CREATE TABLE stores (
  id uuid CONSTRAINT stores_pkey PRIMARY KEY,
  merchant_id uuid NOT NULL CONSTRAINT stores_merchant_id_fkey REFERENCES merchants (id),
  name text NOT NULL,
  city text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Serves the pages of a merchant's stores, and the foreign keys that hold a store to its merchant.
  CONSTRAINT stores_merchant_id_id_key UNIQUE (merchant_id, id),
  CONSTRAINT stores_name_form CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT stores_city_form CHECK (city = btrim(city) AND char_length(city) BETWEEN 1 AND 100)
);

-- The only home of staff's personal data: a row is deleted with the membership.
CREATE TABLE staff_members (
  id uuid CONSTRAINT staff_members_pkey PRIMARY KEY,
  merchant_id uuid NOT NULL CONSTRAINT staff_members_merchant_id_fkey REFERENCES merchants (id),
  -- The login: `iss` and `sub` of the token.
  issuer text NOT NULL,
  subject text NOT NULL,
  -- Both as one text, as the internal identity names a person.
  login text NOT NULL GENERATED ALWAYS AS (issuer || '|' || subject) STORED,
  display_name text NOT NULL,
  role staff_role NOT NULL,
  -- When false, the stores stand in staff_member_stores.
  works_in_all_stores boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Serves the pages of a merchant's staff.
  CONSTRAINT staff_members_merchant_id_id_key UNIQUE (merchant_id, id),
  CONSTRAINT staff_members_login_key UNIQUE (login, merchant_id),
  CONSTRAINT staff_members_issuer_form CHECK (char_length(issuer) BETWEEN 1 AND 255 AND issuer NOT LIKE '%|%'),
  CONSTRAINT staff_members_subject_form CHECK (char_length(subject) BETWEEN 1 AND 255),
  CONSTRAINT staff_members_display_name_form CHECK (display_name = btrim(display_name) AND char_length(display_name) BETWEEN 1 AND 100),
  CONSTRAINT staff_members_owner_everywhere CHECK (role <> 'owner' OR works_in_all_stores)
);

CREATE TABLE staff_member_stores (
  merchant_id uuid NOT NULL,
  staff_member_id uuid NOT NULL,
  store_id uuid NOT NULL,
  CONSTRAINT staff_member_stores_pkey PRIMARY KEY (staff_member_id, store_id),
  CONSTRAINT staff_member_stores_staff_member_fkey FOREIGN KEY (merchant_id, staff_member_id)
    REFERENCES staff_members (merchant_id, id) ON DELETE CASCADE,
  CONSTRAINT staff_member_stores_store_fkey FOREIGN KEY (merchant_id, store_id) REFERENCES stores (merchant_id, id)
);

CREATE TABLE platform_operators (
  id uuid CONSTRAINT platform_operators_pkey PRIMARY KEY,
  issuer text NOT NULL,
  subject text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT platform_operators_issuer_subject_key UNIQUE (issuer, subject)
);

GRANT SELECT, INSERT ON merchants, stores, platform_operators TO merchant;
GRANT UPDATE (status, status_reason, version, access_version) ON merchants TO merchant;
GRANT SELECT, INSERT, DELETE ON staff_members TO merchant;
GRANT UPDATE (role, works_in_all_stores) ON staff_members TO merchant;
GRANT SELECT, INSERT, DELETE ON staff_member_stores TO merchant;
