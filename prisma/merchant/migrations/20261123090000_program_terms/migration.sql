CREATE TYPE negative_balance_policy AS ENUM ('NEVER', 'WITHIN_PENDING', 'UNLIMITED');

-- What was published before keeps its meaning: points are active at once, and valid for point_validity_days or without end.
ALTER TABLE program_versions
  -- Days that points stay pending after they were earned; 0 means active at once.
  ADD COLUMN activation_delay_days integer NOT NULL DEFAULT 0,
  -- How long points are valid is said by point_validity_days or one of these; none of them means without end.
  ADD COLUMN valid_until_date date,
  -- To the end of the n-th month after the month of earning; 0 is that month.
  ADD COLUMN valid_until_end_of_month integer,
  -- So many days after the holder's last activity.
  ADD COLUMN inactivity_days integer,
  -- What may happen when the points of a returned purchase were spent already.
  ADD COLUMN negative_balance negative_balance_policy NOT NULL DEFAULT 'NEVER',
  -- Days, from a refund on, that value given back to an expired lot is valid; 0 means not at all.
  ADD COLUMN refund_grace_days integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT program_versions_one_validity
    CHECK (num_nonnulls(point_validity_days, valid_until_date, valid_until_end_of_month, inactivity_days) <= 1),
  ADD CONSTRAINT program_versions_activation_delay_days_range CHECK (activation_delay_days BETWEEN 0 AND 365),
  ADD CONSTRAINT program_versions_valid_until_end_of_month_not_negative CHECK (valid_until_end_of_month >= 0),
  ADD CONSTRAINT program_versions_inactivity_days_positive CHECK (inactivity_days > 0),
  ADD CONSTRAINT program_versions_refund_grace_days_range CHECK (refund_grace_days BETWEEN 0 AND 365),
  -- Points must not expire while they are pending.
  ADD CONSTRAINT program_versions_activation_before_expiry CHECK (
    activation_delay_days < coalesce(point_validity_days, inactivity_days, activation_delay_days + 1)
  );
