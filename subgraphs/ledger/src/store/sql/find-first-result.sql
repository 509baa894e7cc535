SELECT k.input_hash, k.transaction_id, c.deltas, c.balances
FROM idempotency k
JOIN transaction t ON t.id = k.transaction_id
JOIN balance_change c ON c.holder_id = t.holder_id AND c.version = t.holder_version
WHERE k.scope = $1 AND k.key = $2
