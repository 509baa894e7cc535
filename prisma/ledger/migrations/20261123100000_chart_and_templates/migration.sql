-- The chart of accounts says of each kind what part it plays, so that rules name parts and never kinds.
ALTER TABLE account_kind
  -- PENDING, AVAILABLE, HELD and OWED make a holder's balance; ISSUER is the other side.
  ADD COLUMN part text NOT NULL DEFAULT 'ISSUER',
  -- What the value is: points, value that somebody paid for, or value that was given.
  ADD COLUMN category text;
UPDATE account_kind SET part = 'AVAILABLE', category = 'POINTS' WHERE kind = 'POINTS_LIABILITY';
ALTER TABLE account_kind
  ALTER COLUMN part DROP DEFAULT,
  ADD CONSTRAINT account_kind_part_value CHECK (part IN ('PENDING', 'AVAILABLE', 'HELD', 'OWED', 'ISSUER')),
  ADD CONSTRAINT account_kind_part_of_holder CHECK ((belongs_to = 'HOLDER') = (part <> 'ISSUER')),
  ADD CONSTRAINT account_kind_category_value CHECK (category IN ('POINTS', 'PAID', 'PROMOTIONAL')),
  ADD CONSTRAINT account_kind_category_of_holder CHECK ((belongs_to = 'HOLDER') = (category IS NOT NULL)),
  -- What a holder owes grows on the other side.
  ADD CONSTRAINT account_kind_side_of_part CHECK (
    belongs_to = 'ISSUER' OR normal_side = CASE part WHEN 'OWED' THEN 'DEBIT' ELSE 'CREDIT' END
  ),
  ADD CONSTRAINT account_kind_category_part_key UNIQUE (category, part);

INSERT INTO account_kind (kind, normal_side, belongs_to, part, category, description) VALUES
  ('POINTS_PENDING', 'CREDIT', 'HOLDER', 'PENDING', 'POINTS', 'Points earned that cannot be spent yet.'),
  ('POINTS_HELD', 'CREDIT', 'HOLDER', 'HELD', 'POINTS', 'Points reserved by holds.'),
  ('POINTS_RECEIVABLE', 'DEBIT', 'HOLDER', 'OWED', 'POINTS', 'Points that a holder owes: taken back after they were spent.'),
  ('BREAKAGE_INCOME', 'CREDIT', 'ISSUER', 'ISSUER', NULL, 'Value that expired unused.'),
  ('CARD_LIABILITY', 'CREDIT', 'HOLDER', 'AVAILABLE', 'PAID', 'Paid value that the merchant owes to a card.'),
  ('CARD_HELD', 'CREDIT', 'HOLDER', 'HELD', 'PAID', 'Paid value of a card, reserved by holds.'),
  ('PROMOTION_LIABILITY', 'CREDIT', 'HOLDER', 'AVAILABLE', 'PROMOTIONAL', 'Given value that the merchant owes to a card.'),
  ('PROMOTION_HELD', 'CREDIT', 'HOLDER', 'HELD', 'PROMOTIONAL', 'Given value of a card, reserved by holds.'),
  ('TENDER_CLEARING', 'DEBIT', 'ISSUER', 'ISSUER', NULL, 'Money that was paid for cards.'),
  ('MERCHANT_SETTLEMENT', 'CREDIT', 'ISSUER', 'ISSUER', NULL, 'What redemptions of cards have earned a merchant.'),
  ('PROMOTION_EXPENSE', 'DEBIT', 'ISSUER', 'ISSUER', NULL, 'Value that was given away.'),
  ('VAT_PAYABLE', 'CREDIT', 'ISSUER', 'ISSUER', NULL, 'VAT due on single-purpose vouchers that were sold.');

-- Accounts carry the part, as they carry their normal side.
ALTER TABLE account_kind DROP CONSTRAINT account_kind_rule_key CASCADE,
  ADD CONSTRAINT account_kind_rule_key UNIQUE (kind, normal_side, belongs_to, part);
ALTER TABLE account ADD COLUMN part text;
UPDATE account a SET part = k.part FROM account_kind k WHERE k.kind = a.kind;
ALTER TABLE account
  ALTER COLUMN part SET NOT NULL,
  ADD CONSTRAINT account_kind_fkey FOREIGN KEY (kind, normal_side, belongs_to, part)
    REFERENCES account_kind (kind, normal_side, belongs_to, part);

-- Recipes that turn an event of business into postings. A new version is new rows; old ones stay, for whoever reads old
-- transactions. Which lines an event needs, and which parts they must connect, the ledger checks when it starts.
CREATE TABLE posting_template (
  -- The kind of transaction that it makes.
  event text NOT NULL,
  -- What moves: POINTS, or value of a card by how VAT treats it.
  value text NOT NULL,
  version smallint NOT NULL,
  line text NOT NULL,
  debit_kind text NOT NULL CONSTRAINT posting_template_debit_kind_fkey REFERENCES account_kind (kind),
  credit_kind text NOT NULL CONSTRAINT posting_template_credit_kind_fkey REFERENCES account_kind (kind),
  CONSTRAINT posting_template_pkey PRIMARY KEY (event, value, version, line),
  CONSTRAINT posting_template_value_value CHECK (value IN ('POINTS', 'MPV', 'SPV', 'PROMOTIONAL')),
  CONSTRAINT posting_template_version_positive CHECK (version >= 1)
);
INSERT INTO posting_template (event, value, version, line, debit_kind, credit_kind) VALUES
  ('EARN', 'POINTS', 1, 'grantPending', 'POINTS_COST', 'POINTS_PENDING'),
  ('EARN', 'POINTS', 1, 'grant', 'POINTS_COST', 'POINTS_LIABILITY'),
  ('EARN', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('ACTIVATION', 'POINTS', 1, 'activate', 'POINTS_PENDING', 'POINTS_LIABILITY'),
  ('ACTIVATION', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('BURN', 'POINTS', 1, 'spend', 'POINTS_LIABILITY', 'REWARD_CLEARING'),
  ('HOLD', 'POINTS', 1, 'hold', 'POINTS_LIABILITY', 'POINTS_HELD'),
  ('CAPTURE', 'POINTS', 1, 'spend', 'POINTS_HELD', 'REWARD_CLEARING'),
  ('CAPTURE', 'POINTS', 1, 'release', 'POINTS_HELD', 'POINTS_LIABILITY'),
  ('CAPTURE', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('RELEASE', 'POINTS', 1, 'release', 'POINTS_HELD', 'POINTS_LIABILITY'),
  ('RELEASE', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('HOLD_EXPIRY', 'POINTS', 1, 'release', 'POINTS_HELD', 'POINTS_LIABILITY'),
  ('HOLD_EXPIRY', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('EXPIRY', 'POINTS', 1, 'expire', 'POINTS_LIABILITY', 'BREAKAGE_INCOME'),
  ('REFUND', 'POINTS', 1, 'giveBack', 'REWARD_CLEARING', 'POINTS_LIABILITY'),
  ('REFUND', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('RETURN', 'POINTS', 1, 'revokePending', 'POINTS_PENDING', 'POINTS_COST'),
  ('RETURN', 'POINTS', 1, 'revoke', 'POINTS_LIABILITY', 'POINTS_COST'),
  ('RETURN', 'POINTS', 1, 'owe', 'POINTS_RECEIVABLE', 'POINTS_COST'),
  ('REVERSAL', 'POINTS', 1, 'giveBack', 'REWARD_CLEARING', 'POINTS_LIABILITY'),
  ('REVERSAL', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE'),
  ('REVERSAL', 'POINTS', 1, 'revokePending', 'POINTS_PENDING', 'POINTS_COST'),
  ('REVERSAL', 'POINTS', 1, 'revoke', 'POINTS_LIABILITY', 'POINTS_COST'),
  ('REVERSAL', 'POINTS', 1, 'owe', 'POINTS_RECEIVABLE', 'POINTS_COST'),
  ('TRANSFER', 'POINTS', 1, 'transfer', 'POINTS_LIABILITY', 'POINTS_LIABILITY'),
  ('TRANSFER', 'POINTS', 1, 'repay', 'POINTS_LIABILITY', 'POINTS_RECEIVABLE');
-- Cards. A multi-purpose voucher carries VAT when it is redeemed; a single-purpose one when it is sold: its liability is
-- net, and what is due of the price goes to VAT at once. Value that was given is no sale.
INSERT INTO posting_template (event, value, version, line, debit_kind, credit_kind) VALUES
  ('SALE', 'MPV', 1, 'sell', 'TENDER_CLEARING', 'CARD_LIABILITY'),
  ('SALE', 'SPV', 1, 'sell', 'TENDER_CLEARING', 'CARD_LIABILITY'),
  ('SALE', 'SPV', 1, 'vat', 'TENDER_CLEARING', 'VAT_PAYABLE'),
  ('GRANT', 'PROMOTIONAL', 1, 'grant', 'PROMOTION_EXPENSE', 'PROMOTION_LIABILITY');
INSERT INTO posting_template (event, value, version, line, debit_kind, credit_kind)
SELECT recipe.event, v.value, 1, recipe.line,
       CASE recipe.debit WHEN 'AVAILABLE' THEN v.available WHEN 'HELD' THEN v.held ELSE recipe.debit END,
       CASE recipe.credit WHEN 'AVAILABLE' THEN v.available WHEN 'HELD' THEN v.held ELSE recipe.credit END
FROM (VALUES
    ('MPV', 'CARD_LIABILITY', 'CARD_HELD'),
    ('SPV', 'CARD_LIABILITY', 'CARD_HELD'),
    ('PROMOTIONAL', 'PROMOTION_LIABILITY', 'PROMOTION_HELD')
  ) AS v (value, available, held)
CROSS JOIN (VALUES
    ('BURN', 'spend', 'AVAILABLE', 'MERCHANT_SETTLEMENT'),
    ('HOLD', 'hold', 'AVAILABLE', 'HELD'),
    ('CAPTURE', 'spend', 'HELD', 'MERCHANT_SETTLEMENT'),
    ('CAPTURE', 'release', 'HELD', 'AVAILABLE'),
    ('RELEASE', 'release', 'HELD', 'AVAILABLE'),
    ('HOLD_EXPIRY', 'release', 'HELD', 'AVAILABLE'),
    ('EXPIRY', 'expire', 'AVAILABLE', 'BREAKAGE_INCOME'),
    ('REFUND', 'giveBack', 'MERCHANT_SETTLEMENT', 'AVAILABLE'),
    ('REVERSAL', 'giveBack', 'MERCHANT_SETTLEMENT', 'AVAILABLE'),
    ('TRANSFER', 'transfer', 'AVAILABLE', 'AVAILABLE')
  ) AS recipe (event, line, debit, credit);

CREATE TRIGGER posting_template_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting_template
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON posting_template TO ledger;
