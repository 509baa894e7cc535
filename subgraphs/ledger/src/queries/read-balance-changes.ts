import type { Balance } from '../domain/balance.ts';
import type { BalanceDelta } from '../domain/balance-change.ts';
import { type BalanceJson, type DeltaJson, readBalances, readDeltas } from '../store/balance-json.ts';
import type { Sql } from '../store/connection.ts';

/** Names one change of a holder. */
export interface ChangeKey {
  /** UUID. */
  holderId: string;
  version: bigint;
}

/** What a change brought: what moved, and all balances after it. */
export interface ChangeFigures {
  deltas: BalanceDelta[];
  balances: Balance[];
}

// One look-up on the primary key for each change, however many are asked for together.
const statement = `
  SELECT wanted.ordinal::integer - 1 AS index, c.deltas, c.balances
  FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS wanted (holder_id, version, ordinal)
  CROSS JOIN LATERAL (
    SELECT deltas, balances FROM balance_change WHERE holder_id = wanted.holder_id AND version = wanted.version LIMIT 1
  ) c`;

/** Reads several changes in one statement; undefined where there is none. */
export async function readBalanceChanges(sql: Sql, keys: readonly ChangeKey[]): Promise<(ChangeFigures | undefined)[]> {
  const { rows } = await sql.query<{ index: number; deltas: DeltaJson[]; balances: BalanceJson[] }>({
    name: 'read-balance-changes',
    text: statement,
    values: [keys.map(({ holderId }) => holderId), keys.map(({ version }) => version)],
  });
  const figures: (ChangeFigures | undefined)[] = keys.map(() => undefined);
  for (const row of rows) {
    figures[row.index] = { deltas: readDeltas(row.deltas), balances: readBalances(row.balances) };
  }
  return figures;
}
