-- Takes intents that nobody has finished in time, oldest first, and puts off their next attempt: twice as long each time.
-- $1 how many, $2 first delay and $3 longest delay in milliseconds.
UPDATE enrollment_intents
SET attempts = attempts + 1,
    next_attempt_at = now() + least($2 * 2 ^ least(attempts, 20), $3) * interval '1 millisecond'
WHERE (merchant_id, idempotency_key) IN (
  SELECT merchant_id, idempotency_key
  FROM enrollment_intents
  WHERE completed_at IS NULL AND next_attempt_at <= now()
  ORDER BY next_attempt_at
  LIMIT $1
  FOR UPDATE SKIP LOCKED
)
RETURNING merchant_id, idempotency_key, input_hash, program_id, consumer_id, wallet_id, point_asset_code, completed_at
