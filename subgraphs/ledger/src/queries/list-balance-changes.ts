import type { Balance } from '../domain/balance.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import { type BalanceJson, type ChangeRow, readBalances, readChange } from '../store/balance-json.ts';
import type { Sql } from '../store/connection.ts';

/** A holder's state, and a page of the changes that led to it. */
export interface BalanceHistory {
  /** Ascending by version, without a gap. */
  changes: BalanceChange[];
  /** The holder's version now. */
  currentVersion: bigint;
  /** All its balances at that version. */
  currentBalances: Balance[];
}

interface StateRow {
  merchant_id: string;
  program_id: string;
  consumer_id: string;
  version: bigint;
  balances: BalanceJson[];
}

// A holder that nothing happened to has no change yet: all its balances are zero.
const stateStatement = `
  SELECT h.merchant_id, h.program_id, h.consumer_id, h.version, coalesce(c.balances, (
    SELECT jsonb_agg(jsonb_build_object(
             'asset', jsonb_build_object('code', s.code, 'scale', s.scale),
             'posted', '0', 'pending', '0', 'held', '0', 'available', '0') ORDER BY s.code)
    FROM asset s WHERE s.id IN (SELECT a.asset_id FROM account a WHERE a.holder_id = h.id)
  )) AS balances
  FROM holder h LEFT JOIN balance_change c ON c.holder_id = h.id AND c.version = h.version
  WHERE h.id = $1`;

// Bounded above by the state that was read, so that both speak of the same instant.
const changesStatement = `
  SELECT c.transaction_id, t.store_id, c.kind, c.version, c.deltas, c.balances, t.occurred_at, t.recorded_at
  FROM balance_change c JOIN transaction t ON t.id = c.transaction_id
  WHERE c.holder_id = $1 AND c.version > $2 AND c.version <= $3
  ORDER BY c.version LIMIT $4`;

/**
 * Reads the changes of a holder behind a version, at most `limit` of them; undefined for an unknown holder.
 * @param holderId UUID
 */
export async function listBalanceChanges(
  sql: Sql,
  holderId: string,
  afterVersion: bigint,
  limit: number,
): Promise<BalanceHistory | undefined> {
  const states = await sql.query<StateRow>({ name: 'holder-state', text: stateStatement, values: [holderId] });
  const [state] = states.rows;
  if (state === undefined) return undefined;

  const { merchant_id: merchantId, program_id: programId, consumer_id: consumerId, version: currentVersion } = state;
  const { rows } = await sql.query<ChangeRow>({
    name: 'list-balance-changes',
    text: changesStatement,
    values: [holderId, afterVersion, currentVersion, limit],
  });
  const holder = { id: holderId, merchantId, programId, consumerId };
  const changes = rows.map((row) => readChange(holder, row));
  return { changes, currentVersion, currentBalances: readBalances(state.balances) };
}
