-- One row per person, whatever number of programs they take part in. The only home of personal data.
CREATE TABLE consumers (
  id uuid CONSTRAINT consumers_pkey PRIMARY KEY,
  given_name text NOT NULL,
  -- Normalised: lower case, domain in ASCII.
  email text,
  -- E.164.
  phone text,
  -- BCP 47.
  locale text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT consumers_email_key UNIQUE (email),
  CONSTRAINT consumers_phone_key UNIQUE (phone),
  CONSTRAINT consumers_given_name_form CHECK (given_name = btrim(given_name) AND char_length(given_name) BETWEEN 1 AND 100),
  CONSTRAINT consumers_email_form CHECK (email = lower(email) AND char_length(email) <= 254 AND email LIKE '_%@_%'),
  CONSTRAINT consumers_phone_form CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  CONSTRAINT consumers_contact_present CHECK (email IS NOT NULL OR phone IS NOT NULL)
);

-- Which consumer a verified login is.
CREATE TABLE consumer_logins (
  issuer text NOT NULL,
  subject text NOT NULL,
  consumer_id uuid NOT NULL,
  -- The command that linked it.
  idempotency_key text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT consumer_logins_pkey PRIMARY KEY (issuer, subject),
  CONSTRAINT consumer_logins_idempotency_key_key UNIQUE (idempotency_key),
  CONSTRAINT consumer_logins_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers (id)
);

-- A consumer in a program. The id is also the holder's in the ledger.
CREATE TABLE wallets (
  id uuid CONSTRAINT wallets_pkey PRIMARY KEY,
  consumer_id uuid NOT NULL,
  program_id uuid NOT NULL,
  merchant_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT wallets_program_id_consumer_id_key UNIQUE (program_id, consumer_id),
  CONSTRAINT wallets_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers (id)
);
-- Serves the pages of a merchant's wallets.
CREATE INDEX wallets_merchant_id_id_idx ON wallets (merchant_id, id);
-- Serves the wallets of one consumer, and whether a merchant knows that consumer.
CREATE INDEX wallets_consumer_id_merchant_id_idx ON wallets (consumer_id, merchant_id);

-- Enrollments, stored with the chosen ids before the ledger is asked to open the holder, so that an unknown outcome can be
-- finished; afterwards the record of the idempotency key.
CREATE TABLE enrollment_intents (
  merchant_id uuid NOT NULL,
  idempotency_key text NOT NULL,
  input_hash bytea NOT NULL,
  program_id uuid NOT NULL,
  consumer_id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  point_asset_code text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  completed_at timestamptz(3),
  -- Of the background finisher.
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL,
  CONSTRAINT enrollment_intents_pkey PRIMARY KEY (merchant_id, idempotency_key),
  CONSTRAINT enrollment_intents_program_id_consumer_id_key UNIQUE (program_id, consumer_id),
  CONSTRAINT enrollment_intents_wallet_id_key UNIQUE (wallet_id),
  CONSTRAINT enrollment_intents_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers (id)
);
-- Serves the finisher; holds only what is open.
CREATE INDEX enrollment_intents_open_idx ON enrollment_intents (next_attempt_at) WHERE completed_at IS NULL;

GRANT SELECT, INSERT ON consumers, consumer_logins, wallets TO wallet;
GRANT SELECT, INSERT, UPDATE ON enrollment_intents TO wallet;
