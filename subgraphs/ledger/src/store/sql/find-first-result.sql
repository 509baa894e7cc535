SELECT k.input_hash, t.id AS transaction_id, t.kind, t.store_id, c.version, t.occurred_at, t.recorded_at, c.deltas, c.balances
FROM idempotency k
JOIN transaction t ON t.id = k.transaction_id
JOIN balance_change c ON c.holder_id = t.holder_id AND c.version = t.holder_version
WHERE k.scope = $1 AND k.key = $2
