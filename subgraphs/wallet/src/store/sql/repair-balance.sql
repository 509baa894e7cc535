-- Puts the ledger's state in place of a wrong one, unless the row has moved since it was compared ($5, null: there was none).
INSERT INTO balances AS stored (holder_id, version, balances, occurred_at)
VALUES ($1, $2, $3::jsonb, $4)
ON CONFLICT (holder_id) DO UPDATE
SET version = excluded.version,
    balances = excluded.balances,
    occurred_at = excluded.occurred_at,
    changed_at = now()
WHERE stored.version = $5
