SELECT merchant_id, idempotency_key, input_hash, program_id, consumer_id, wallet_id, point_asset_code, completed_at
FROM enrollment_intents
WHERE program_id = $1 AND consumer_id = $2
