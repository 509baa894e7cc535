/** Something that holds in every ledger at every instant. */
export interface Check {
  /** What is the case where it does not hold, in the words of whoever reports it. */
  readonly name: string;
  /** Finds a row for each fault, and none where all is well; its columns name what is at fault. */
  readonly query: string;
}

/** Both sides of every posting. */
export const sides = `
  SELECT p.transaction_id, p.debit_account_id AS account_id, p.debit_lot_id AS lot_id, 'DEBIT' AS side, p.amount FROM posting p
  UNION ALL
  SELECT p.transaction_id, p.credit_account_id, p.credit_lot_id, 'CREDIT', p.amount FROM posting p`;

/** Every side of a posting that moves a holder's balance, and by how much. */
export const movements = `
  SELECT side.transaction_id, side.lot_id, a.holder_id, a.asset_id, a.part,
         CASE side.side WHEN a.normal_side THEN side.amount ELSE -side.amount END AS by
  FROM (${sides}) side JOIN account a ON a.id = side.account_id
  WHERE a.holder_id IS NOT NULL`;
