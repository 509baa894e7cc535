SELECT k.input_hash, k.command, k.holder_id, found.ordinal, t.id AS transaction_id, t.kind, t.store_id, t.hold_id, c.version,
       t.occurred_at, t.recorded_at, c.deltas, c.balances
FROM idempotency k
LEFT JOIN LATERAL unnest(k.transaction_ids) WITH ORDINALITY AS found (id, ordinal) ON true
LEFT JOIN transaction t ON t.id = found.id
LEFT JOIN balance_change c ON c.holder_id = k.holder_id AND c.version = t.holder_version
WHERE k.scope = $1 AND k.key = $2
ORDER BY found.ordinal
