SELECT partition, next_offset
FROM feed_positions
WHERE topic = $1
