-- Never goes back: a replica that is behind does not undo the progress of another.
INSERT INTO feed_positions AS stored (log_id, topic, partition, next_offset)
VALUES ($1, $2, $3, $4)
ON CONFLICT (log_id, topic, partition) DO UPDATE
SET next_offset = greatest(stored.next_offset, excluded.next_offset)
