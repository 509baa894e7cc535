SELECT t.id, t.kind, t.merchant_id, t.holder_id, t.program_id, t.program_version, t.hold_id
FROM unnest($1::uuid[]) wanted (id)
CROSS JOIN LATERAL (SELECT * FROM transaction t WHERE t.id = wanted.id LIMIT 1) t
