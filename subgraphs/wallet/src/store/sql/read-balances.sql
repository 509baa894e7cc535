SELECT holder_id, version, balances, occurred_at
FROM balances
WHERE holder_id = ANY ($1::uuid[])
