SELECT t.id, t.kind, t.merchant_id, t.holder_id, t.holder_version, t.program_id, t.program_version, t.store_id, t.reference,
       t.purchase_amount_minor, t.purchase_currency, t.reverses_transaction_id, t.reason, t.occurred_at, t.recorded_at,
       t.actor_kind, t.actor_id, p.debit_account_ids, p.credit_account_ids, p.amounts
FROM transaction t
CROSS JOIN LATERAL (
  SELECT array_agg(p.debit_account_id ORDER BY p.position) AS debit_account_ids,
         array_agg(p.credit_account_id ORDER BY p.position) AS credit_account_ids,
         array_agg(p.amount ORDER BY p.position) AS amounts
  FROM posting p WHERE p.transaction_id = t.id
) p
WHERE t.id = $1
