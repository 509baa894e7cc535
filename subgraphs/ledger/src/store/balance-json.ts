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

/**
 * Writes the event that tells of a holder's change. Everything in it is an identifier, a number or a name that needs no
 * escaping, so it is joined: there is one for each transaction of a batch.
 */
export function eventJson(change: BalanceChange, { identifiers }: Holder): string {
  const storeId = change.storeId === undefined ? 'null' : `"${fromUuid('sto', change.storeId)}"`;
  return `{"holderId":"${identifiers.holder}","merchantId":"${identifiers.merchant}","programId":"${identifiers.program}",\
"consumerId":"${identifiers.consumer}","storeId":${storeId},"transactionId":"${fromUuid('trx', change.transactionId)}","kind":"${change.kind}","version":"${change.version}",\
"deltas":[${change.deltas.map(deltaJson).join()}],"balances":[${change.balances.map(balanceJson).join()}],"occurredAt":"${change.occurredAt.toISOString()}",\
"recordedAt":"${change.recordedAt.toISOString()}"}`;
}

function deltaJson({ asset, posted }: BalanceDelta): string {
  return `{"asset":${assetJson(asset)},"posted":"${posted}"}`;
}

function balanceJson(balance: Balance): string {
  const { asset, posted, pending, held } = balance;
  return `{"asset":${assetJson(asset)},"posted":"${posted}","pending":"${pending}","held":"${held}","available":"${availableOf(balance)}"}`;
}

function assetJson({ code, scale }: Asset): string {
  return `{"code":"${code}","scale":${scale}}`;
}
