-- The same function as before, with accounts that carry their part.
CREATE OR REPLACE FUNCTION open_holder(
  new_holder_id uuid,
  new_kind text,
  new_merchant_id uuid,
  new_program_id uuid,
  new_consumer_id uuid,
  asset_codes text[],
  asset_scales smallint[],
  holder_account_kinds text[],
  issuer_account_kinds text[]
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
DECLARE
  asset_ids integer[];
BEGIN
  INSERT INTO asset (code, scale)
    SELECT w.code, w.scale FROM unnest(asset_codes, asset_scales) AS w (code, scale) ORDER BY w.code
    ON CONFLICT ON CONSTRAINT asset_code_key DO NOTHING;
  SELECT array_agg(a.id ORDER BY a.id) INTO asset_ids
    FROM asset a JOIN unnest(asset_codes, asset_scales) AS w (code, scale) ON (w.code, w.scale) = (a.code, a.scale);
  IF cardinality(asset_ids) IS DISTINCT FROM cardinality(asset_codes) THEN
    RAISE EXCEPTION 'an asset is known with another scale' USING ERRCODE = 'check_violation', CONSTRAINT = 'asset_code_key';
  END IF;

  INSERT INTO holder (id, kind, merchant_id, program_id, consumer_id)
    VALUES (new_holder_id, new_kind, new_merchant_id, new_program_id, new_consumer_id)
    ON CONFLICT ON CONSTRAINT holder_pkey DO NOTHING;
  IF NOT FOUND THEN
    RETURN EXISTS (
      SELECT FROM holder h
      WHERE (h.id, h.kind, h.merchant_id, h.program_id, h.consumer_id)
          = (new_holder_id, new_kind, new_merchant_id, new_program_id, new_consumer_id)
    ) AND asset_ids = (SELECT array_agg(DISTINCT a.asset_id) FROM account a WHERE a.holder_id = new_holder_id);
  END IF;

  INSERT INTO account (merchant_id, program_id, holder_id, kind, normal_side, belongs_to, part, asset_id, floor)
    SELECT new_merchant_id, new_program_id, new_holder_id, k.kind, k.normal_side, k.belongs_to, k.part, asset_id, 0
    FROM unnest(asset_ids) asset_id CROSS JOIN account_kind k WHERE k.kind = ANY (holder_account_kinds);
  INSERT INTO account (merchant_id, program_id, kind, normal_side, belongs_to, part, asset_id)
    SELECT new_merchant_id, new_program_id, k.kind, k.normal_side, k.belongs_to, k.part, asset_id
    FROM unnest(asset_ids) asset_id CROSS JOIN account_kind k WHERE k.kind = ANY (issuer_account_kinds)
    ORDER BY asset_id, k.kind
    ON CONFLICT (merchant_id, program_id, asset_id, kind) WHERE holder_id IS NULL DO NOTHING;
  RETURN true;
END
$$;
