-- What lots need: when points become active, how long they are valid, whether a return may leave a debt; and the calendar and
-- the country of the merchant. NULL means that it was not told yet: the ledger asks before it rates a purchase.
ALTER TABLE merchant
  -- IANA name.
  ADD COLUMN time_zone text,
  -- ISO 3166-1 alpha-2.
  ADD COLUMN country text,
  ADD CONSTRAINT merchant_country_form CHECK (country ~ '^[A-Z]{2}$');

ALTER TABLE program_version
  -- Days that points stay pending; 0 means active at once.
  ADD COLUMN activation_delay_days integer NOT NULL DEFAULT 0,
  -- {"kind": "UNLIMITED"}, {"kind": "DAYS", "days": 365}, {"kind": "FIXED_DATE", "on": "2027-06-30"},
  -- {"kind": "END_OF_MONTH", "months": 12} or {"kind": "INACTIVITY", "days": 180}.
  ADD COLUMN validity jsonb,
  ADD COLUMN negative_balance text NOT NULL DEFAULT 'NEVER',
  -- Days that value given back to an expired lot is valid.
  ADD COLUMN refund_grace_days integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT program_version_activation_delay_days_not_negative CHECK (activation_delay_days >= 0),
  ADD CONSTRAINT program_version_validity_form CHECK (
    validity IS NULL OR coalesce(CASE validity ->> 'kind'
      WHEN 'UNLIMITED' THEN true
      WHEN 'DAYS' THEN (validity ->> 'days')::integer > 0
      WHEN 'FIXED_DATE' THEN validity ->> 'on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
      WHEN 'END_OF_MONTH' THEN (validity ->> 'months')::integer >= 0
      WHEN 'INACTIVITY' THEN (validity ->> 'days')::integer > 0
    END, false)
  ),
  ADD CONSTRAINT program_version_negative_balance_value CHECK (negative_balance IN ('NEVER', 'WITHIN_PENDING', 'UNLIMITED')),
  ADD CONSTRAINT program_version_refund_grace_days_not_negative CHECK (refund_grace_days >= 0);
