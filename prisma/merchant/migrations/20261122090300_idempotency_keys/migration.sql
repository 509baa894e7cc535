-- A key commits with the effect of its command; a refused attempt leaves none.
CREATE TABLE idempotency_keys (
  -- The merchant's identifier, or `platform` for what precedes a merchant.
  scope text NOT NULL,
  key text NOT NULL,
  command text NOT NULL,
  -- SHA-256 of the command's input.
  input_hash bytea NOT NULL,
  -- What the first attempt answered: identifiers and versions, no personal data, no secret.
  result jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key),
  CONSTRAINT idempotency_keys_input_hash_form CHECK (octet_length(input_hash) = 32)
);

GRANT SELECT, INSERT ON idempotency_keys TO merchant;
