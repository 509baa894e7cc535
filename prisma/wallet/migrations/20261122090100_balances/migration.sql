-- What a holder has now: one row, replaced whole when the ledger tells of a newer version. No foreign key to wallets: the
-- ledger's word is kept also when it arrives before the wallet's own row.
CREATE TABLE balances (
  holder_id uuid CONSTRAINT balances_pkey PRIMARY KEY,
  -- The ledger's version of the holder.
  version bigint NOT NULL,
  -- [{ "code", "scale", "posted", "pending", "held" }], amounts as strings of integers, ordered by code.
  balances jsonb NOT NULL,
  -- When the last change counts.
  occurred_at timestamptz(3) NOT NULL,
  -- When this row last changed.
  changed_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT balances_version_not_negative CHECK (version >= 0),
  CONSTRAINT balances_balances_form CHECK (jsonb_typeof(balances) = 'array')
-- Room on each page lets an update stay on it, without touching the index.
) WITH (fillfactor = 70);

-- Up to where the feed of balance changes was applied, in the transaction that applied it.
CREATE TABLE feed_positions (
  topic text NOT NULL,
  partition integer NOT NULL,
  -- The next offset to read.
  next_offset bigint NOT NULL,
  CONSTRAINT feed_positions_pkey PRIMARY KEY (topic, partition),
  CONSTRAINT feed_positions_next_offset_not_negative CHECK (next_offset >= 0)
);

GRANT SELECT, INSERT, UPDATE ON balances, feed_positions TO wallet;
