INSERT INTO consumer_logins (issuer, subject, consumer_id, idempotency_key)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
