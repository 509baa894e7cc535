-- The wallet's row and the end of its intent, together. Doing it twice changes nothing.
WITH wallet AS (
  INSERT INTO wallets (id, consumer_id, program_id, merchant_id)
  VALUES ($3, $4, $5, $1)
  ON CONFLICT (id) DO NOTHING
)
UPDATE enrollment_intents
SET completed_at = now()
WHERE merchant_id = $1 AND idempotency_key = $2 AND completed_at IS NULL
