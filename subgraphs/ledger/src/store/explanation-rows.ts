import type { TransactionKind } from '../domain/balance-change.ts';
import { balanceOf } from '../domain/engine/holder-state.ts';
import type { Explanation, Movement } from '../domain/explanation.ts';
import type { Sql } from './connection.ts';
import { readSql } from './read-sql.ts';

const statement = { name: 'explain-balances', text: readSql('explain-balances') };

/** More lots and holds than a screen shows; the others are added up. */
const listMax = 100;
/** A year of a regular's purchases. What came before is one figure, so that a million transactions cost no more than these. */
const newestMax = 1_000;

interface MovementJson {
  transactionCount: number;
  posted: string;
  pending: string;
  held: string;
}
interface LotJson {
  id: string;
  earnedAt: string;
  activatesAt: string | null;
  expiresAt: string | null;
  inactivityDays: number | null;
  programVersion: number;
  pending: string;
  available: string;
  held: string;
}
interface AssetJson {
  code: string;
  scale: number;
  version: string;
  PENDING: string;
  AVAILABLE: string;
  HELD: string;
  OWED: string;
  lots: LotJson[] | null;
  otherLots: { count: number; pending: string; available: string; held: string };
  holds: { id: string; expiresAt: string; held: string }[] | null;
  otherHolds: { count: number; held: string };
  carriedForward: MovementJson;
  movements: (MovementJson & { kind: TransactionKind })[] | null;
}

/** How much of it is told one by one. */
export interface ExplanationBounds {
  listed?: number;
  newest?: number;
}

/** Explains all balances of holders, each of one instant; empty for a holder that does not exist. */
export async function explainBalances(
  sql: Sql,
  holderIds: readonly string[],
  { listed = listMax, newest = newestMax }: ExplanationBounds = {},
): Promise<Explanation[][]> {
  const { rows } = await sql.query<{ index: number; assets: AssetJson[] }>({
    ...statement,
    values: [holderIds, listed, newest],
  });
  const explanations: Explanation[][] = holderIds.map(() => []);
  for (const { index, assets } of rows) explanations[index] = assets.map(readExplanation);
  return explanations;
}

function readExplanation(json: AssetJson): Explanation {
  const { code, scale, version, otherLots, otherHolds } = json;
  const parts = {
    asset: { code, scale },
    PENDING: BigInt(json.PENDING),
    AVAILABLE: BigInt(json.AVAILABLE),
    HELD: BigInt(json.HELD),
    OWED: BigInt(json.OWED),
  };
  return {
    version: BigInt(version),
    balance: balanceOf(parts),
    owed: parts.OWED,
    lots: (json.lots ?? []).map((lot) => ({
      id: lot.id,
      earnedAt: new Date(lot.earnedAt),
      activatesAt: dateOf(lot.activatesAt),
      expiresAt: dateOf(lot.expiresAt),
      inactivityDays: lot.inactivityDays ?? undefined,
      programVersion: lot.programVersion,
      ...amountsOf(lot),
    })),
    otherLots: { count: BigInt(otherLots.count), ...amountsOf(otherLots) },
    holds: (json.holds ?? []).map(({ id, expiresAt, held }) => ({
      id,
      expiresAt: new Date(expiresAt),
      held: BigInt(held),
    })),
    otherHolds: { count: BigInt(otherHolds.count), held: BigInt(otherHolds.held) },
    carriedForward: readMovement(json.carriedForward),
    movements: (json.movements ?? []).map(({ kind, ...movement }) => ({ kind, ...readMovement(movement) })),
  };
}

function amountsOf({ pending, available, held }: Pick<LotJson, 'pending' | 'available' | 'held'>) {
  return { pending: BigInt(pending), available: BigInt(available), held: BigInt(held) };
}

function readMovement({ transactionCount, posted, pending, held }: MovementJson): Movement {
  return {
    transactionCount: BigInt(transactionCount),
    posted: BigInt(posted),
    pending: BigInt(pending),
    held: BigInt(held),
  };
}

function dateOf(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text);
}
