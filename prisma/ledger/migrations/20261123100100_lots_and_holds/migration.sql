-- Value that came together: its dates, and where every unit of it is. `granted` never changes; the other amounts share it.
CREATE TABLE lot (
  id uuid CONSTRAINT lot_pkey PRIMARY KEY,
  holder_id uuid NOT NULL,
  merchant_id uuid NOT NULL,
  asset_id integer NOT NULL CONSTRAINT lot_asset_id_fkey REFERENCES asset (id),
  category text NOT NULL,
  -- How VAT treats it, frozen when it was granted.
  vat_type text NOT NULL,
  -- The transaction that granted it; for value that was there before lots were kept, the newest one then.
  transaction_id uuid NOT NULL,
  -- The lot that it was split off from by a transfer or a graced refund.
  origin_lot_id uuid,
  program_version integer NOT NULL,
  earned_at timestamptz(3) NOT NULL,
  -- Not spendable before; NULL: at once.
  activates_at timestamptz(3),
  -- Not spendable from then on; NULL: without end, unless the holder is inactive for too long.
  expires_at timestamptz(3),
  -- Expires when the holder was inactive for so many days.
  inactivity_days integer,
  -- Value that was there before lots were kept: the postings that granted it name no lot.
  is_opening boolean NOT NULL DEFAULT false,
  granted bigint NOT NULL,
  pending bigint NOT NULL DEFAULT 0,
  available bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  spent bigint NOT NULL DEFAULT 0,
  expired bigint NOT NULL DEFAULT 0,
  revoked bigint NOT NULL DEFAULT 0,
  state text NOT NULL GENERATED ALWAYS AS (
    CASE
      WHEN pending > 0 THEN 'PENDING'
      WHEN available > 0 OR held > 0 THEN 'ACTIVE'
      WHEN expired > 0 THEN 'EXPIRED'
      WHEN spent > 0 THEN 'DEPLETED'
      ELSE 'REVOKED'
    END
  ) STORED,
  is_open boolean NOT NULL GENERATED ALWAYS AS (pending > 0 OR available > 0 OR held > 0) STORED,
  CONSTRAINT lot_holder_fkey FOREIGN KEY (holder_id, merchant_id) REFERENCES holder (id, merchant_id),
  CONSTRAINT lot_category_value CHECK (category IN ('POINTS', 'PAID', 'PROMOTIONAL')),
  CONSTRAINT lot_vat_type_value CHECK (vat_type IN ('DISCOUNT', 'SPV', 'MPV', 'NONE')),
  CONSTRAINT lot_granted_positive CHECK (granted > 0),
  CONSTRAINT lot_amounts_not_negative CHECK (least(pending, available, held, spent, expired, revoked) >= 0),
  CONSTRAINT lot_amounts_share_granted CHECK (pending + available + held + spent + expired + revoked = granted),
  CONSTRAINT lot_pending_has_date CHECK (pending = 0 OR activates_at IS NOT NULL),
  CONSTRAINT lot_inactivity_days_positive CHECK (inactivity_days > 0),
  CONSTRAINT lot_ends_one_way CHECK (expires_at IS NULL OR inactivity_days IS NULL)
) WITH (fillfactor = 80);
-- Serves spending, soonest expiry first, and the list of a holder's open lots. `is_open` changes once in a lot's life, so
-- most updates leave the index alone.
CREATE INDEX lot_open_idx ON lot (holder_id, asset_id, inactivity_days, expires_at, id) WHERE is_open;

-- Serves what a merchant owes.
CREATE INDEX lot_merchant_open_idx ON lot (merchant_id) WHERE is_open;

-- A reservation of value. `amount` never changes; the other amounts share it.
CREATE TABLE hold (
  id uuid CONSTRAINT hold_pkey PRIMARY KEY,
  holder_id uuid NOT NULL,
  merchant_id uuid NOT NULL,
  asset_id integer NOT NULL CONSTRAINT hold_asset_id_fkey REFERENCES asset (id),
  transaction_id uuid NOT NULL,
  store_id uuid,
  -- Of the caller. No personal data.
  reference text,
  placed_at timestamptz(3) NOT NULL,
  -- By the database's clock.
  expires_at timestamptz(3) NOT NULL,
  amount bigint NOT NULL,
  held bigint NOT NULL,
  captured bigint NOT NULL DEFAULT 0,
  released bigint NOT NULL DEFAULT 0,
  expired bigint NOT NULL DEFAULT 0,
  state text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN held > 0 THEN 'HELD' WHEN captured > 0 THEN 'CAPTURED' WHEN expired > 0 THEN 'EXPIRED' ELSE 'RELEASED' END
  ) STORED,
  CONSTRAINT hold_holder_fkey FOREIGN KEY (holder_id, merchant_id) REFERENCES holder (id, merchant_id),
  CONSTRAINT hold_amount_positive CHECK (amount > 0),
  CONSTRAINT hold_amounts_not_negative CHECK (least(held, captured, released, expired) >= 0),
  CONSTRAINT hold_amounts_share_amount CHECK (held + captured + released + expired = amount),
  CONSTRAINT hold_expires_after_placed CHECK (expires_at > placed_at),
  CONSTRAINT hold_reference_form CHECK (reference ~ '^[A-Za-z0-9._/-]{1,64}$')
);
-- Serves the list of a holder's holds, and what of them is due.
CREATE INDEX hold_holder_id_idx ON hold (holder_id, id);
CREATE INDEX hold_open_idx ON hold (holder_id, expires_at) WHERE held > 0;

-- Which lots a hold has reserved, and how much of each still is.
CREATE TABLE hold_lot (
  hold_id uuid NOT NULL CONSTRAINT hold_lot_hold_id_fkey REFERENCES hold (id),
  lot_id uuid NOT NULL CONSTRAINT hold_lot_lot_id_fkey REFERENCES lot (id),
  held bigint NOT NULL,
  CONSTRAINT hold_lot_pkey PRIMARY KEY (hold_id, lot_id),
  CONSTRAINT hold_lot_held_not_negative CHECK (held >= 0)
);

ALTER TABLE holder
  -- Nothing of the holder becomes due before: no activation, no expiry, no end of a hold. May be too early, never too late.
  ADD COLUMN due_at timestamptz(3),
  -- The newest earning or spending.
  ADD COLUMN active_at timestamptz(3);
-- Serves finding the holders that have something due.
CREATE INDEX holder_due_at_idx ON holder (due_at) WHERE due_at IS NOT NULL;

-- Who was there before lots gets what new holders are opened with.
INSERT INTO account (merchant_id, program_id, holder_id, kind, normal_side, belongs_to, part, asset_id, floor)
  SELECT a.merchant_id, a.program_id, a.holder_id, k.kind, k.normal_side, k.belongs_to, k.part, a.asset_id, 0
  FROM account a CROSS JOIN account_kind k
  WHERE a.kind = 'POINTS_LIABILITY' AND k.kind IN ('POINTS_PENDING', 'POINTS_HELD', 'POINTS_RECEIVABLE');
INSERT INTO account (merchant_id, program_id, kind, normal_side, belongs_to, part, asset_id)
  SELECT a.merchant_id, a.program_id, k.kind, k.normal_side, k.belongs_to, k.part, a.asset_id
  FROM account a CROSS JOIN account_kind k
  WHERE a.kind = 'REWARD_CLEARING' AND k.kind = 'BREAKAGE_INCOME';
INSERT INTO lot (
  id, holder_id, merchant_id, asset_id, category, vat_type, transaction_id, program_version, earned_at, is_opening,
  granted, available
)
  SELECT uuidv7(), a.holder_id, a.merchant_id, a.asset_id, 'POINTS', 'DISCOUNT', t.id, t.program_version, t.occurred_at,
         true, a.balance, a.balance
  FROM account a
  JOIN holder h ON h.id = a.holder_id
  JOIN transaction t ON t.holder_id = h.id AND t.holder_version = h.version
  WHERE a.kind = 'POINTS_LIABILITY' AND a.balance > 0;

GRANT SELECT ON lot, hold, hold_lot TO ledger;
