SELECT h.id, h.kind, h.merchant_id, h.program_id, h.consumer_id,
       account.id AS account_id, account.kind AS account_kind, s.code AS asset_code
FROM holder h
CROSS JOIN LATERAL (
  SELECT a.id, a.kind, a.asset_id FROM account a WHERE a.holder_id = h.id
  UNION ALL
  SELECT a.id, a.kind, a.asset_id FROM account a
  WHERE a.holder_id IS NULL AND a.merchant_id = h.merchant_id AND a.program_id = h.program_id
) account
JOIN asset s ON s.id = account.asset_id
WHERE h.id = $1
