-- Offsets are of one log: those of PostgreSQL's event bus say nothing of Kafka's, nor one cluster's of another's. Positions
-- from before belong to a log that nobody named; reading again from the earliest record changes nothing, for the newer
-- version of a balance wins.
ALTER TABLE feed_positions
  ADD COLUMN log_id text NOT NULL DEFAULT '',
  DROP CONSTRAINT feed_positions_pkey,
  ADD CONSTRAINT feed_positions_pkey PRIMARY KEY (log_id, topic, partition);
ALTER TABLE feed_positions ALTER COLUMN log_id DROP DEFAULT;
