SELECT wanted.place, k.input_hash, k.command, k.holder_id, found.ordinal, t.id AS transaction_id, t.kind, t.store_id,
       t.hold_id, c.version, t.occurred_at, t.recorded_at, c.deltas, c.balances
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (scope, key, place)
CROSS JOIN LATERAL (SELECT * FROM idempotency k WHERE k.scope = wanted.scope AND k.key = wanted.key LIMIT 1) k
LEFT JOIN LATERAL unnest(k.transaction_ids) WITH ORDINALITY AS found (id, ordinal) ON true
LEFT JOIN LATERAL (SELECT * FROM transaction t WHERE t.id = found.id LIMIT 1) t ON true
LEFT JOIN LATERAL (
  SELECT * FROM balance_change c WHERE c.holder_id = k.holder_id AND c.version = t.holder_version LIMIT 1
) c ON true
ORDER BY wanted.place, found.ordinal
