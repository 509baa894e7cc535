import { type Balance, type BalanceState, inAssetOrder } from '../domain/balance.ts';
import type { Sql } from './connection.ts';
import { readStatement } from './read-statement.ts';

const upsertBalances = readStatement('upsert-balances');
const readBalances = readStatement('read-balances');
const repairBalance = readStatement('repair-balance');

/** The state of one holder (a UUID). */
export interface HolderState extends BalanceState {
  holderId: string;
}

/** A balance in the row's JSON: amounts as text, because JSON numbers end at 2^53. */
interface BalanceJson {
  code: string;
  scale: number;
  posted: string;
  pending: string;
  held: string;
}

interface BalanceRow {
  holder_id: string;
  version: bigint;
  balances: BalanceJson[];
  occurred_at: Date;
}

function toJson(balances: readonly Balance[]): string {
  const rows = inAssetOrder(balances).map(({ asset, posted, pending, held }): BalanceJson => {
    return { ...asset, posted: `${posted}`, pending: `${pending}`, held: `${held}` };
  });
  return JSON.stringify(rows);
}

function toState({ version, balances, occurred_at }: BalanceRow): BalanceState {
  return {
    version: BigInt(version),
    occurredAt: occurred_at,
    balances: balances.map(({ code, scale, posted, pending, held }) => {
      return { asset: { code, scale }, posted: BigInt(posted), pending: BigInt(pending), held: BigInt(held) };
    }),
  };
}

/**
 * Stores the states of holders; the newer version wins, in whatever order they come.
 * @returns how many were newer than what was stored
 */
export async function storeBalances(sql: Sql, states: readonly HolderState[]): Promise<number> {
  const { rows } = await sql.query<{ applied: number }>({
    ...upsertBalances,
    values: [
      states.map(({ holderId }) => holderId),
      states.map(({ version }) => version),
      states.map(({ balances }) => toJson(balances)),
      states.map(({ occurredAt }) => occurredAt),
    ],
  });
  return rows[0]?.applied ?? 0;
}

/** Reads what is stored for the holders; those of whom nothing is stored are left out. */
export async function loadBalances(sql: Sql, holderIds: readonly string[]): Promise<Map<string, BalanceState>> {
  const { rows } = await sql.query<BalanceRow>({ ...readBalances, values: [holderIds] });
  return new Map(rows.map((row) => [row.holder_id, toState(row)]));
}

/**
 * Replaces a stored state by the ledger's, whatever its version, as long as the row is still the one that was compared.
 * @param comparedVersion undefined when nothing was stored
 * @returns whether it was replaced
 */
export async function replaceBalance(
  sql: Sql,
  state: HolderState,
  comparedVersion: bigint | undefined,
): Promise<boolean> {
  const { holderId, version, balances, occurredAt } = state;
  const { rowCount } = await sql.query({
    ...repairBalance,
    values: [holderId, version, toJson(balances), occurredAt, comparedVersion],
  });
  return rowCount === 1;
}
