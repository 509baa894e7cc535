SELECT t.id, t.kind, t.merchant_id, t.holder_id, t.program_id, t.program_version,
       p.debit_account_id, p.credit_account_id, p.amount
FROM transaction t
JOIN posting p ON p.transaction_id = t.id
WHERE t.id = $1
ORDER BY p.position
