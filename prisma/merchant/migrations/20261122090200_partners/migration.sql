CREATE TABLE partners (
  id uuid CONSTRAINT partners_pkey PRIMARY KEY,
  merchant_id uuid NOT NULL CONSTRAINT partners_merchant_id_fkey REFERENCES merchants (id),
  name text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Serves the pages of a merchant's partners.
  CONSTRAINT partners_merchant_id_id_key UNIQUE (merchant_id, id),
  CONSTRAINT partners_name_form CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT partners_scopes_known CHECK (
    cardinality(scopes) > 0 AND scopes <@ ARRAY['points:earn', 'points:burn', 'wallets:enroll', 'wallets:read']
  )
);

-- `lpk_<id>_<secret>`: the id finds the row, the secret proves it. The key itself is stored nowhere.
CREATE TABLE partner_keys (
  id uuid CONSTRAINT partner_keys_pkey PRIMARY KEY,
  merchant_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  -- SHA-256 of the whole key. It needs no slow hash: the secret is 256 random bits, nobody guesses it.
  key_hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  revoked_at timestamptz(3),
  -- Serves the pages of a partner's keys.
  CONSTRAINT partner_keys_partner_id_id_key UNIQUE (partner_id, id),
  CONSTRAINT partner_keys_partner_fkey FOREIGN KEY (merchant_id, partner_id) REFERENCES partners (merchant_id, id),
  CONSTRAINT partner_keys_key_hash_form CHECK (octet_length(key_hash) = 32)
);

GRANT SELECT, INSERT ON partners, partner_keys TO merchant;
-- A key is revoked, and nothing else about it ever changes.
GRANT UPDATE (revoked_at) ON partner_keys TO merchant;
