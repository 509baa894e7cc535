SELECT h.id, h.kind, h.merchant_id, h.program_id, h.consumer_id,
       account.id AS account_id, account.kind AS account_kind, account.part, k.category,
       s.id AS asset_id, s.code AS asset_code, s.scale
FROM unnest($1::uuid[]) wanted (id)
CROSS JOIN LATERAL (SELECT * FROM holder h WHERE h.id = wanted.id LIMIT 1) h
CROSS JOIN LATERAL (
  SELECT a.id, a.kind, a.part, a.asset_id FROM account a WHERE a.holder_id = h.id
  UNION ALL
  SELECT a.id, a.kind, a.part, a.asset_id FROM account a
  WHERE a.holder_id IS NULL AND a.merchant_id = h.merchant_id AND a.program_id = h.program_id
) account
JOIN account_kind k ON k.kind = account.kind
JOIN asset s ON s.id = account.asset_id
