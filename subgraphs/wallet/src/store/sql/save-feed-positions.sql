-- $1 the log, $2 the topic, $3 partitions, $4 offsets. Never goes back: a replica that is behind does not undo the progress of
-- another. In the order of the partitions, so that two replicas never wait for each other in a circle.
INSERT INTO feed_positions AS stored (log_id, topic, partition, next_offset)
SELECT $1, $2, reached.partition, reached.next_offset
FROM unnest($3::integer[], $4::bigint[]) AS reached(partition, next_offset)
ORDER BY reached.partition
ON CONFLICT (log_id, topic, partition) DO UPDATE
SET next_offset = excluded.next_offset
WHERE stored.next_offset < excluded.next_offset
