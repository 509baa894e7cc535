SELECT t.id, t.kind, t.merchant_id, t.holder_id, t.program_id, t.program_version, t.hold_id
FROM transaction t
WHERE t.id = $1
