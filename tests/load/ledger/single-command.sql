-- One command in one transaction, by the ledger's own two functions: the yardstick of its writer. What the process decides
-- in TypeScript between the two is done here in SQL, as far as an earning and a spending need it.
CREATE FUNCTION bench.post_one(holder_number integer, is_earning boolean, points bigint) RETURNS void LANGUAGE plpgsql
SET search_path = ledger, pg_temp AS $$
DECLARE
  own bench.holder;
  locked record;
  transaction_id constant uuid := uuidv7();
  key constant text := gen_random_uuid();
  kind constant text := CASE WHEN is_earning THEN 'EARN' ELSE 'BURN' END;
  version bigint;
  posted bigint;
  lot_id uuid;
  spent bigint;
  deltas jsonb;
  balances jsonb;
BEGIN
  SELECT * INTO own FROM bench.holder h WHERE h.number = holder_number;
  SELECT * INTO locked FROM lock_batch(
    ARRAY[own.id], CASE WHEN is_earning THEN '{}' ELSE ARRAY[own.id] END, CASE WHEN is_earning THEN '{}' ELSE ARRAY[own.asset_id] END,
    CASE WHEN is_earning THEN '{}' ELSE ARRAY[points] END, 16, ARRAY[own.id], ARRAY['mer_01h455vb4pex5vsknk084sn02q'], ARRAY[key], ARRAY['FR'], ARRAY[own.asset ->> 'code'],
    ARRAY[CASE WHEN is_earning THEN 'EARN' ELSE 'SPEND' END], '{}', '{}', NULL
  );
  version := (locked.versions ->> 0)::bigint + 1;
  posted := coalesce((locked.balances ->> own.available_account_id::text)::bigint, 0);
  IF is_earning THEN
    lot_id := uuidv7();
  ELSE
    -- What its first lot has, where it has less: the yardstick may be a little too fast for that.
    lot_id := locked.lots -> 0 ->> 0;
    points := least(points, (locked.lots -> 0 ->> 12)::bigint);
    spent := (locked.lots -> 0 ->> 14)::bigint + points;
  END IF;
  posted := posted + CASE WHEN is_earning THEN points ELSE -points END;
  deltas := jsonb_build_array(jsonb_build_object(
    'asset', own.asset, 'posted', (CASE WHEN is_earning THEN points ELSE -points END)::text));
  balances := jsonb_build_array(jsonb_build_object(
    'asset', own.asset, 'posted', posted::text, 'pending', '0', 'held', '0', 'available', posted::text));
  PERFORM write_batch(
    holder_ids => ARRAY[own.id], holder_versions_before => ARRAY[version - 1], holder_versions_after => ARRAY[version],
    holder_due_times => ARRAY[locked.at + interval '1 year'], holder_active_times => ARRAY[locked.at], settled_holder_ids => '{}',
    transaction_ids => ARRAY[transaction_id], transaction_kinds => ARRAY[kind],
    transaction_template_versions => ARRAY[1::smallint], transaction_merchant_ids => ARRAY[own.merchant_id],
    transaction_holder_ids => ARRAY[own.id], transaction_holder_versions => ARRAY[version],
    transaction_program_ids => ARRAY[own.program_id], transaction_program_versions => ARRAY[1],
    transaction_store_ids => ARRAY[NULL::uuid], transaction_references => ARRAY['receipt-1234567'],
    transaction_purchase_amounts_minor => ARRAY[CASE WHEN is_earning THEN points * 100 END],
    transaction_purchase_currencies => ARRAY[CASE WHEN is_earning THEN 'EUR' END],
    transaction_purchase_lines => ARRAY[NULL::jsonb], transaction_related_ids => ARRAY[NULL::uuid],
    transaction_reasons => ARRAY[NULL::text], transaction_hold_ids => ARRAY[NULL::uuid],
    transaction_uncollected => ARRAY[NULL::bigint], transaction_times => ARRAY[locked.at],
    transaction_actor_kinds => ARRAY['partner'], transaction_actor_ids => ARRAY['prt_01h455vb4pex5vsknk084sn02q'],
    posting_transaction_ids => ARRAY[transaction_id], posting_positions => ARRAY[1::smallint],
    posting_merchant_ids => ARRAY[own.merchant_id],
    posting_debit_account_ids => ARRAY[CASE WHEN is_earning THEN own.cost_account_id ELSE own.available_account_id END],
    posting_credit_account_ids => ARRAY[CASE WHEN is_earning THEN own.available_account_id ELSE own.clearing_account_id END],
    posting_asset_ids => ARRAY[own.asset_id], posting_amounts => ARRAY[points],
    posting_debit_lot_ids => ARRAY[CASE WHEN NOT is_earning THEN lot_id END],
    posting_credit_lot_ids => ARRAY[CASE WHEN is_earning THEN lot_id END],
    new_lot_ids => CASE WHEN is_earning THEN ARRAY[lot_id] ELSE '{}' END, new_lot_holder_ids => ARRAY[own.id],
    new_lot_merchant_ids => ARRAY[own.merchant_id], new_lot_asset_ids => ARRAY[own.asset_id],
    new_lot_categories => ARRAY['POINTS'], new_lot_vat_types => ARRAY['DISCOUNT'],
    new_lot_transaction_ids => ARRAY[transaction_id], new_lot_origin_ids => ARRAY[NULL::uuid],
    new_lot_program_versions => ARRAY[1], new_lot_earned_times => ARRAY[locked.at],
    new_lot_activation_times => ARRAY[NULL::timestamptz], new_lot_expiry_times => ARRAY[locked.at + interval '1 year'],
    new_lot_inactivity_days => ARRAY[NULL::integer], new_lot_granted => ARRAY[points], new_lot_spent => ARRAY[0::bigint],
    new_lot_expired => ARRAY[0::bigint], new_lot_revoked => ARRAY[0::bigint],
    changed_lot_ids => CASE WHEN is_earning THEN '{}' ELSE ARRAY[lot_id] END, changed_lot_spent => ARRAY[spent],
    changed_lot_expired => ARRAY[0::bigint], changed_lot_revoked => ARRAY[0::bigint],
    change_holder_ids => ARRAY[own.id], change_versions => ARRAY[version], change_merchant_ids => ARRAY[own.merchant_id],
    change_transaction_ids => ARRAY[transaction_id], change_kinds => ARRAY[kind], change_event_keys => ARRAY[own.id::text],
    change_event_values => ARRAY[jsonb_build_object(
      'holderId', own.id, 'merchantId', own.merchant_id, 'programId', own.program_id, 'consumerId', own.id, 'storeId', NULL,
      'transactionId', transaction_id, 'kind', kind, 'version', version::text, 'deltas', deltas, 'balances', balances,
      'occurredAt', locked.at, 'recordedAt', locked.at)],
    key_scopes => ARRAY['mer_01h455vb4pex5vsknk084sn02q'], keys => ARRAY[key],
    key_commands => ARRAY[CASE WHEN is_earning THEN 'earnPoints' ELSE 'burnPoints' END],
    key_input_hashes => ARRAY[sha256('an input')], key_holder_ids => ARRAY[own.id],
    key_transaction_ids => ARRAY['{' || transaction_id || '}'], recorded_at => locked.at, new_holds => NULL,
    changed_holds => NULL, changed_hold_lots => NULL, used_limits => NULL
  );
END
$$;
