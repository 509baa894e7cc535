INSERT INTO enrollment_intents
  (merchant_id, idempotency_key, input_hash, program_id, consumer_id, wallet_id, point_asset_code, next_attempt_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 millisecond')
ON CONFLICT DO NOTHING
RETURNING merchant_id, idempotency_key, input_hash, program_id, consumer_id, wallet_id, point_asset_code, completed_at
