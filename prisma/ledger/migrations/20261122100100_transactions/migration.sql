-- The journal. A transaction belongs to one holder and moves amounts between accounts by its postings.
CREATE TABLE transaction (
  id uuid CONSTRAINT transaction_pkey PRIMARY KEY,
  kind text NOT NULL,
  merchant_id uuid NOT NULL,
  holder_id uuid NOT NULL CONSTRAINT transaction_holder_id_fkey REFERENCES holder (id),
  -- The holder's version after it.
  holder_version bigint NOT NULL,
  program_id uuid NOT NULL,
  -- The program's version that it was made under.
  program_version integer NOT NULL,
  store_id uuid,
  -- Of the caller, for instance a receipt's number. No personal data.
  reference text,
  purchase_amount_minor bigint,
  purchase_currency text,
  reverses_transaction_id uuid CONSTRAINT transaction_reverses_transaction_id_fkey REFERENCES transaction (id),
  -- Why it reverses. No personal data.
  reason text,
  -- When it counts.
  occurred_at timestamptz(3) NOT NULL,
  -- When the ledger learned it.
  recorded_at timestamptz(3) NOT NULL,
  actor_kind text NOT NULL,
  -- Pseudonymous.
  actor_id text NOT NULL,
  -- Serves a holder's history, newest first, page by page.
  CONSTRAINT transaction_holder_id_holder_version_key UNIQUE (holder_id, holder_version),
  CONSTRAINT transaction_kind_value CHECK (kind IN ('EARN', 'BURN', 'REVERSAL')),
  CONSTRAINT transaction_holder_version_positive CHECK (holder_version >= 1),
  CONSTRAINT transaction_program_version_positive CHECK (program_version >= 1),
  CONSTRAINT transaction_reference_form CHECK (reference ~ '^[A-Za-z0-9._/-]{1,64}$'),
  CONSTRAINT transaction_reason_form CHECK (reason ~ '^[A-Za-z0-9._/-]{1,64}$'),
  CONSTRAINT transaction_purchase_whole CHECK ((purchase_amount_minor IS NULL) = (purchase_currency IS NULL)),
  CONSTRAINT transaction_purchase_of_earn CHECK ((kind = 'EARN') = (purchase_amount_minor IS NOT NULL)),
  CONSTRAINT transaction_purchase_amount_positive CHECK (purchase_amount_minor > 0),
  CONSTRAINT transaction_purchase_currency_form CHECK (purchase_currency ~ '^[A-Z]{3}$'),
  CONSTRAINT transaction_reversal_of_one CHECK ((kind = 'REVERSAL') = (reverses_transaction_id IS NOT NULL)),
  CONSTRAINT transaction_reason_of_reversal CHECK ((kind = 'REVERSAL') = (reason IS NOT NULL)),
  CONSTRAINT transaction_actor_kind_value CHECK (actor_kind IN ('staff', 'partner', 'operator')),
  CONSTRAINT transaction_actor_id_form CHECK (char_length(actor_id) BETWEEN 1 AND 64)
);
-- A transaction is reversed at most once; serves finding what reversed it.
CREATE UNIQUE INDEX transaction_reverses_transaction_id_key ON transaction (reverses_transaction_id)
  WHERE reverses_transaction_id IS NOT NULL;

-- Moves an amount of one asset from one account (debit) to another (credit): balanced by construction.
CREATE TABLE posting (
  transaction_id uuid NOT NULL CONSTRAINT posting_transaction_id_fkey REFERENCES transaction (id),
  -- 1, 2, 3, … inside the transaction.
  position smallint NOT NULL,
  merchant_id uuid NOT NULL,
  debit_account_id uuid NOT NULL,
  credit_account_id uuid NOT NULL,
  asset_id integer NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT posting_pkey PRIMARY KEY (transaction_id, position),
  CONSTRAINT posting_debit_account_fkey FOREIGN KEY (debit_account_id, asset_id, merchant_id)
    REFERENCES account (id, asset_id, merchant_id),
  CONSTRAINT posting_credit_account_fkey FOREIGN KEY (credit_account_id, asset_id, merchant_id)
    REFERENCES account (id, asset_id, merchant_id),
  CONSTRAINT posting_amount_positive CHECK (amount > 0),
  CONSTRAINT posting_two_accounts CHECK (debit_account_id <> credit_account_id)
);

-- What a transaction did to a holder: the version that it led to, and every balance of the holder after it.
CREATE TABLE balance_change (
  holder_id uuid NOT NULL,
  version bigint NOT NULL,
  merchant_id uuid NOT NULL,
  transaction_id uuid NOT NULL CONSTRAINT balance_change_transaction_id_fkey REFERENCES transaction (id),
  kind text NOT NULL,
  -- [{ "asset": { "code", "scale" }, "posted" }], amounts as strings of integers, ordered by code.
  deltas jsonb NOT NULL,
  -- [{ "asset": { "code", "scale" }, "posted", "pending", "held", "available" }], likewise.
  balances jsonb NOT NULL,
  CONSTRAINT balance_change_pkey PRIMARY KEY (holder_id, version)
);

-- A key commits with the effect of its command; a refused attempt leaves none. Unique over all commands of a scope.
CREATE TABLE idempotency (
  -- Identifier of the merchant.
  scope text NOT NULL,
  key text NOT NULL,
  command text NOT NULL,
  -- SHA-256 of the command's input.
  input_hash bytea NOT NULL,
  transaction_id uuid NOT NULL CONSTRAINT idempotency_transaction_id_fkey REFERENCES transaction (id),
  recorded_at timestamptz(3) NOT NULL,
  CONSTRAINT idempotency_pkey PRIMARY KEY (scope, key),
  CONSTRAINT idempotency_input_hash_form CHECK (octet_length(input_hash) = 32)
);

-- History is append-only for everybody, the owner of the tables included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transaction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER balance_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON balance_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Keys are kept for as long as they are promised, and may go after that.
CREATE TRIGGER idempotency_unchanged BEFORE UPDATE OR TRUNCATE ON idempotency
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON transaction, posting, balance_change, idempotency TO ledger;
