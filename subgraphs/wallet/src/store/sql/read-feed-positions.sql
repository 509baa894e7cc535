SELECT partition, next_offset
FROM feed_positions
WHERE log_id = $1 AND topic = $2
