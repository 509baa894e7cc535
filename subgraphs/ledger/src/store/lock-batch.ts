import type { AccountPart } from '../domain/chart-of-accounts.ts';
import type { UsedKey } from '../domain/engine/batch-state.ts';
import { keyName } from '../domain/engine/decide.ts';
import { change, emptyParts, type HolderState } from '../domain/engine/holder-state.ts';
import { type Counter, movementOf } from '../domain/engine/limits.ts';
import type { Hold } from '../domain/hold.ts';
import type { Holder } from '../domain/holder.ts';
import { bySoonestEnd, type Lot } from '../domain/lot.ts';
import type { Operation, OperationRequest } from '../domain/operation.ts';
import type { Original } from '../domain/transaction.ts';
import { int4Array, int8Array, textArray, uuidArray } from './binary-array.ts';
import type { Sql } from './connection.ts';
import { type LotJson, type OriginalJson, readLot, readOriginal } from './lock-json.ts';

/** Most spending takes from one lot or two; who needs more has them read in a second step. */
const lotsReadMax = 16;

const parameters = Array.from({ length: 14 }, (_, index) => `$${index + 1}`).join(', ');
const statement = { name: 'lock_batch', text: `SELECT * FROM lock_batch(${parameters})` };
const moreLotsStatement = { name: 'spendable_lots', text: 'SELECT spendable_lots($1, $2, $3) AS lots' };

/** What a batch has locked and read. */
export interface Locked {
  at: Date;
  holders: Map<string, HolderState>;
  keys: Map<string, UsedKey>;
  originals: Map<string, Original>;
  counters: Map<number, Counter[]>;
}

type HoldJson = [
  id: string,
  holderId: string,
  assetId: number,
  expiresAt: string,
  amount: string,
  held: string,
  captured: string,
  released: string,
  expired: string,
  heldByLot: [lotId: string, held: string][],
];
type CounterJson = [
  ordinal: number,
  ruleId: string,
  subject: string,
  periodStart: string | null,
  amount: string,
  count: string,
  amountMax: string | null,
  countMax: string | null,
  countedPer: Counter['countedPer'],
  period: Counter['period'],
];

/** The row of lock_batch. */
interface LockRow {
  at: Date;
  /** Of the holders, in the order of their ids. */
  versions: string[];
  due_times: (string | null)[];
  active_times: (string | null)[];
  /** By account, without those of zero. */
  balances: Record<string, string> | null;
  live_merchant_ids: string[] | null;
  keys: [ordinal: number, inputHash: string, holderId: string, transactionIds: string[]][] | null;
  lots: LotJson[] | null;
  holds: HoldJson[] | null;
  originals: OriginalJson[] | null;
  counters: CounterJson[];
}

/** Locks all that a batch touches and answers what it is. Has to run in the transaction that writes it. */
export async function lockBatch(sql: Sql, requests: readonly OperationRequest[], givenTime?: Date): Promise<LockRow> {
  const spent = [...spendingsOf(requests).values()];
  const { rows } = await sql.query<LockRow>({
    ...statement,
    values: [
      uuidArray(holdersOf(requests).map(({ id }) => id)),
      uuidArray(spent.map(({ holderId }) => holderId)),
      int4Array(spent.map(({ assetId }) => assetId)),
      int8Array(spent.map(({ amount }) => amount)),
      lotsReadMax,
      uuidArray(requests.map(({ holder }) => holder.id)),
      textArray(requests.map(({ scope }) => scope)),
      textArray(requests.map(({ key }) => key)),
      textArray(requests.map(({ country }) => country)),
      textArray(requests.map(({ holder, operation }) => assetCodeOf(holder, operation))),
      textArray(requests.map(({ operation }) => movementOf(operation))),
      uuidArray([...new Set(requests.flatMap(({ operation }) => holdsOf(operation)))]),
      uuidArray([...new Set(requests.flatMap(({ operation }) => originalsOf(operation)))]),
      givenTime?.toISOString(),
    ],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('lock_batch answered nothing.');
  return row;
}

/** Makes a state to decide on out of what was read. Each call makes a new one. */
export function stateOfLocked(
  row: LockRow,
  requests: readonly OperationRequest[],
  moreLots: readonly MoreLots[],
): Locked {
  const holders = readHolders(row, holdersOf(requests));
  for (const json of row.lots ?? []) addLot(holders, readLot(json));
  for (const { lots } of moreLots) for (const json of lots) addLot(holders, readLot(json));
  for (const json of row.holds ?? []) {
    const hold = readHold(json);
    holders.get(hold.holderId)?.holds.set(hold.id, hold);
  }
  const spendings = spendingsOf(requests);
  for (const state of holders.values()) {
    if (state.lots.size === 0) continue;
    const more = moreLots.findLast(({ holderId }) => holderId === state.holder.id);
    const amountOf = (assetId: number) => spendings.get(spendingName(state.holder.id, assetId))?.amount;
    state.lastLotsRead = lastOfCutGroups(state, more ?? { lotsMax: lotsReadMax, amountOf });
  }
  const keys = (row.keys ?? []).map(([ordinal, hash, holderId, transactionIds]): [string, UsedKey] => {
    const { scope, key } = requests[ordinal - 1] ?? { scope: '', key: '' };
    return [keyName(scope, key ?? ''), { inputHash: Buffer.from(hash, 'hex'), holderId, transactionIds }];
  });
  return {
    at: row.at,
    holders,
    keys: new Map(keys),
    originals: new Map((row.originals ?? []).map((json) => [json.original.id, readOriginal(json)])),
    counters: readCounters(row.counters),
  };
}

/** Lots that were read in a second step. */
export interface MoreLots {
  holderId: string;
  lotsMax: number;
  lots: LotJson[];
}

/** Reads more of a holder's lots, in the transaction that has its lock. */
export async function readMoreLots(sql: Sql, { id: holderId, accounts }: Holder, lotsMax: number): Promise<MoreLots> {
  const assetIds = int4Array([...new Set(accounts.map(({ assetId }) => assetId))]);
  const { rows } = await sql.query<{ lots: LotJson[] | null }>({
    ...moreLotsStatement,
    values: [holderId, assetIds, lotsMax],
  });
  return { holderId, lotsMax, lots: rows[0]?.lots ?? [] };
}

/** How many lots are read next, when so many were not enough. */
export function moreThan(lotsMax: number = lotsReadMax): number {
  return lotsMax * 16;
}

/** In the order of their ids, in which they are locked. */
function holdersOf(requests: readonly OperationRequest[]): Holder[] {
  const holders = new Map<string, Holder>();
  for (const { holder, operation } of requests) {
    holders.set(holder.id, holder);
    if (operation.type === 'TRANSFER') holders.set(operation.to.id, operation.to);
  }
  return [...holders.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** What a holder may have to spend of an asset in a batch. */
interface Spending {
  holderId: string;
  assetId: number;
  /** Undefined where that depends on an earlier transaction. */
  amount: bigint | undefined;
}

/** By holder and asset: of all its assets where that depends on an earlier transaction. */
function spendingsOf(requests: readonly OperationRequest[]): Map<string, Spending> {
  const spendings = new Map<string, Spending>();
  for (const { holder, operation } of requests) {
    if (!takesFromAnyLot(operation)) continue;
    const isKnown = 'assetId' in operation;
    const assetIds = isKnown ? [operation.assetId] : holder.accounts.map(({ assetId }) => assetId);
    for (const assetId of assetIds) {
      const before = spendings.get(spendingName(holder.id, assetId));
      const isOpen = !isKnown || (before !== undefined && before.amount === undefined);
      const amount = isOpen ? undefined : (before?.amount ?? 0n) + operation.amount;
      spendings.set(spendingName(holder.id, assetId), { holderId: holder.id, assetId, amount });
    }
  }
  return spendings;
}

function spendingName(holderId: string, assetId: number): string {
  return `${holderId} ${assetId}`;
}

function takesFromAnyLot({ type }: Operation): boolean {
  return type === 'BURN' || type === 'HOLD' || type === 'TRANSFER' || type === 'RETURN' || type === 'REVERSAL';
}

function assetCodeOf(holder: Holder, operation: Operation): string | undefined {
  if (!('assetId' in operation)) return undefined;
  return holder.accounts.find(({ assetId }) => assetId === operation.assetId)?.asset.code;
}

function holdsOf(operation: Operation): string[] {
  return operation.type === 'CAPTURE' || operation.type === 'RELEASE' ? [operation.holdId] : [];
}

function originalsOf(operation: Operation): string[] {
  if (!('originalId' in operation)) return [];
  const spent = operation.type === 'RETURN' && operation.spentId !== undefined ? [operation.spentId] : [];
  return [operation.originalId, ...spent];
}

function readHolders(row: LockRow, holders: readonly Holder[]): Map<string, HolderState> {
  const liveMerchantIds = new Set(row.live_merchant_ids);
  const balances = row.balances ?? {};
  let balancesRead = 0;
  const states = holders.map((holder, index): [string, HolderState] => {
    const state: HolderState = {
      holder,
      version: BigInt(row.versions[index] ?? failed('A holder has no version.')),
      dueAt: dateOf(row.due_times[index]),
      activeAt: dateOf(row.active_times[index]),
      isLive: liveMerchantIds.has(holder.merchantId),
      parts: emptyParts(holder),
      lots: new Map(),
      holds: new Map(),
      lastLotsRead: [],
    };
    for (const { id, assetId, part } of holder.accounts) {
      const balance = balances[id];
      if (balance === undefined) continue;
      balancesRead += 1;
      change(state, assetId, part as Exclude<AccountPart, 'ISSUER'>, BigInt(balance));
    }
    return [holder.id, state];
  });
  if (balancesRead !== Object.keys(balances).length) failed('A holder has an account that it was not opened with.');
  return new Map(states);
}

function addLot(holders: ReadonlyMap<string, HolderState>, lot: Lot): void {
  holders.get(lot.holderId)?.lots.set(lot.id, lot);
}

function readHold(json: HoldJson): Hold {
  const [id, holderId, assetId, expiresAt, amount, held, captured, released, expired, heldByLot] = json;
  return {
    id,
    holderId,
    assetId,
    expiresAt: new Date(expiresAt),
    amount: BigInt(amount),
    held: BigInt(held),
    captured: BigInt(captured),
    released: BigInt(released),
    expired: BigInt(expired),
    heldByLot: new Map(heldByLot.map(([lotId, amountHeld]) => [lotId, BigInt(amountHeld)])),
  };
}

function readCounters(rows: readonly CounterJson[]): Map<number, Counter[]> {
  const counters = new Map<string, Counter>();
  const byRequest = new Map<number, Counter[]>();
  for (const [ordinal, ruleId, subject, periodStart, amount, count, amountMax, countMax, countedPer, period] of rows) {
    const name = `${ruleId} ${subject} ${periodStart}`;
    const counter = counters.get(name) ?? {
      ruleId,
      subject,
      periodStart,
      countedPer,
      period,
      amountMax: amountMax === null ? undefined : BigInt(amountMax),
      countMax: countMax === null ? undefined : BigInt(countMax),
      amount: BigInt(amount),
      count: BigInt(count),
      amountAdded: 0n,
      countAdded: 0n,
    };
    counters.set(name, counter);
    byRequest.set(ordinal - 1, [...(byRequest.get(ordinal - 1) ?? []), counter]);
  }
  return byRequest;
}

/**
 * The last lot of each group that was read in part: there may be more behind it. A group ends with as many lots as could
 * come, or with the lot that covers the amount that was asked for.
 */
function lastOfCutGroups(
  { lots, activeAt }: HolderState,
  { lotsMax, amountOf }: { lotsMax: number; amountOf?: (assetId: number) => bigint | undefined },
): Lot[] {
  const spendable = [...lots.values()].filter(({ available }) => available > 0n);
  const groups = Map.groupBy(spendable, ({ assetId, inactivityDays }) => `${assetId} ${inactivityDays !== undefined}`);
  return [...groups.values()].flatMap((group) => {
    const [{ assetId, inactivityDays } = failed('A group has no lot.')] = group;
    const amount = inactivityDays === undefined ? amountOf?.(assetId) : undefined;
    let covered = 0n;
    const last = group.sort(bySoonestEnd(activeAt)).findIndex(({ available }, index) => {
      covered += available;
      return index + 1 === lotsMax || (amount !== undefined && covered >= amount);
    });
    return last < 0 ? [] : group.slice(last, last + 1);
  });
}

function failed(why: string): never {
  throw new Error(why);
}

function dateOf(text: string | null | undefined): Date | undefined {
  return text ? new Date(text) : undefined;
}
