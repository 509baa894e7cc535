-- Events commit with the data they tell of and are published afterwards. Shape and rules: packages/outbox.
CREATE TABLE outbox (
  -- Drawn while the merchant's row is locked: within an aggregate it grows with the version.
  position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
  -- Becomes the event's identifier, `evt_…`.
  id uuid NOT NULL DEFAULT uuidv7(),
  topic text NOT NULL,
  key text NOT NULL,
  aggregate_version bigint NOT NULL,
  value jsonb NOT NULL,
  headers jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  published_at timestamptz(3),
  -- Why the bus can never take the event. Such a row stays until somebody has looked at it.
  rejection text
) WITH (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);
-- Serves the publisher's next batch.
CREATE INDEX outbox_unpublished ON outbox (position) WHERE published_at IS NULL AND rejection IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO merchant;
