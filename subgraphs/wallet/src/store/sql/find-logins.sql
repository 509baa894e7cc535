-- The login itself, and the one that the key has linked.
SELECT issuer, subject, consumer_id, idempotency_key
FROM consumer_logins
WHERE (issuer = $1 AND subject = $2) OR idempotency_key = $3
