import type { LedgerHouse } from '../ledger-house.ts';

/** One posting, by the kinds of its accounts. Lots are named A, B, C, … in the order in which they were granted. */
export interface JournalLine {
  kind: string;
  version: bigint;
  debit: string;
  debitLot: string | null;
  credit: string;
  creditLot: string | null;
  amount: bigint;
}

/** A lot, and where each of its points is. */
export interface JournalLot {
  name: string;
  activatesAt: Date | null;
  expiresAt: Date | null;
  granted: bigint;
  pending: bigint;
  available: bigint;
  held: bigint;
  spent: bigint;
  expired: bigint;
  revoked: bigint;
}

const linesText = `
  WITH named AS (
    SELECT l.id, chr(64 + row_number() OVER (ORDER BY l.earned_at, l.id)::integer) AS name FROM lot l WHERE l.holder_id = $1
  )
  SELECT t.kind, t.holder_version AS version, p.amount,
         d.kind AS debit, dl.name AS "debitLot", c.kind AS credit, cl.name AS "creditLot"
  FROM transaction t
  JOIN posting p ON p.transaction_id = t.id
  JOIN account d ON d.id = p.debit_account_id
  JOIN account c ON c.id = p.credit_account_id
  LEFT JOIN named dl ON dl.id = p.debit_lot_id
  LEFT JOIN named cl ON cl.id = p.credit_lot_id
  WHERE t.holder_id = $1 AND t.holder_version > $2
  ORDER BY t.holder_version, p.position`;

const lotsText = `
  SELECT chr(64 + row_number() OVER (ORDER BY l.earned_at, l.id)::integer) AS name, l.activates_at AS "activatesAt",
         l.expires_at AS "expiresAt", l.granted, l.pending, l.available, l.held, l.spent, l.expired, l.revoked
  FROM lot l WHERE l.holder_id = $1 ORDER BY l.earned_at, l.id`;

/** What was posted for a holder after a version of it. */
export async function linesAfter({ pool }: LedgerHouse, holderId: string, version: bigint): Promise<JournalLine[]> {
  return (await pool.query<JournalLine>(linesText, [holderId, version])).rows;
}

/** All lots of a holder, in the order in which they were granted. */
export async function lotsOf({ pool }: LedgerHouse, holderId: string): Promise<JournalLot[]> {
  return (await pool.query<JournalLot>(lotsText, [holderId])).rows;
}
