import { fromUuid } from '@localplus/identifiers';
import { type Asset, availableOf, type Balance } from '../domain/balance.ts';
import type { BalanceChange, BalanceDelta, TransactionKind } from '../domain/balance-change.ts';
import type { Holder } from '../domain/holder.ts';

/** A balance in a row's JSON: amounts as text, because JSON numbers end at 2^53. */
export interface BalanceJson {
  asset: Asset;
  posted: string;
  pending: string;
  held: string;
}

/** A delta in a row's JSON. */
export interface DeltaJson {
  asset: Asset;
  posted: string;
}

/** A change as rows have it, but for whom it belongs to. */
export interface ChangeRow {
  transaction_id: string;
  kind: TransactionKind;
  store_id: string | null;
  version: bigint;
  occurred_at: Date;
  recorded_at: Date;
  deltas: DeltaJson[];
  balances: BalanceJson[];
}

/** Reads the balances of a row. */
export function readBalances(rows: readonly BalanceJson[]): Balance[] {
  return rows.map(({ asset, posted, pending, held }) => {
    return { asset, posted: BigInt(posted), pending: BigInt(pending), held: BigInt(held) };
  });
}

/** Reads the deltas of a row. */
export function readDeltas(rows: readonly DeltaJson[]): BalanceDelta[] {
  return rows.map(({ asset, posted }) => ({ asset, posted: BigInt(posted) }));
}

/** Reads a change of a holder. */
export function readChange(
  { id: holderId, merchantId, programId, consumerId }: Pick<Holder, 'id' | 'merchantId' | 'programId' | 'consumerId'>,
  row: ChangeRow,
): BalanceChange {
  return {
    holderId,
    merchantId,
    programId,
    consumerId,
    storeId: row.store_id ?? undefined,
    transactionId: row.transaction_id,
    kind: row.kind,
    version: row.version,
    deltas: readDeltas(row.deltas),
    balances: readBalances(row.balances),
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
  };
}

/** Writes deltas as rows and events have them. */
export function deltasJson(deltas: readonly BalanceDelta[]): string {
  return JSON.stringify(deltas.map(({ asset, posted }) => ({ asset, posted: posted.toString() })));
}

/** Writes balances as rows and events have them. */
export function balancesJson(balances: readonly Balance[]): string {
  return JSON.stringify(balances.map(balanceToJson));
}

/**
 * Writes the event that tells of a change, of JSON that was made already. What stands between is identifiers, numbers and
 * names that need no escaping.
 */
export function eventJson(
  change: BalanceChange,
  { holderKind, deltas, balances }: { holderKind: Holder['kind']; deltas: string; balances: string },
): string {
  const storeId = change.storeId === undefined ? 'null' : `"${fromUuid('sto', change.storeId)}"`;
  return `{"holderId":"${holderIdentifier(holderKind, change.holderId)}","merchantId":"${fromUuid('mer', change.merchantId)}",\
"programId":"${fromUuid('prg', change.programId)}","consumerId":"${fromUuid('con', change.consumerId)}","storeId":${storeId},\
"transactionId":"${fromUuid('trx', change.transactionId)}","kind":"${change.kind}","version":"${change.version}",\
"deltas":${deltas},"balances":${balances},"occurredAt":"${change.occurredAt.toISOString()}",\
"recordedAt":"${change.recordedAt.toISOString()}"}`;
}

/** A holder's identifier in contracts. */
export function holderIdentifier(kind: Holder['kind'], holderId: string): string {
  return fromUuid(kind === 'card' ? 'gc' : 'wal', holderId);
}

function balanceToJson(balance: Balance): BalanceJson & { available: string } {
  const { asset, posted, pending, held } = balance;
  return {
    asset,
    posted: posted.toString(),
    pending: pending.toString(),
    held: held.toString(),
    available: availableOf(balance).toString(),
  };
}
