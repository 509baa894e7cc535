import type { QueryConfig } from 'pg';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { Effects } from '../domain/engine/batch-state.ts';
import type { HolderState } from '../domain/engine/holder-state.ts';
import type { Counter } from '../domain/engine/limits.ts';
import type { Hold } from '../domain/hold.ts';
import type { Holder } from '../domain/holder.ts';
import type { Lot } from '../domain/lot.ts';
import type { LedgerTransaction, Posting } from '../domain/transaction.ts';
import { eventJson } from './balance-json.ts';
import {
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  jsonbArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from './binary-array.ts';
import type { Locked } from './lock-batch.ts';

/** What was decided on what was locked. */
export interface Decided {
  locked: Locked;
  effects: Effects;
  /** The holders' versions when they were locked. */
  versionsBefore: ReadonlyMap<string, bigint>;
}

/** Writes one parameter: a column of the rows. */
type Column<Row> = (rows: readonly Row[]) => Buffer;

/** Makes a column of an encoding and of how a value is read off a row. */
function column<Row, Value>(encode: (values: readonly Value[]) => Buffer, read: (row: Row) => Value): Column<Row> {
  return (rows) => encode(rows.map(read));
}

const transactionColumns: readonly Column<LedgerTransaction>[] = [
  column(uuidArray, ({ id }) => id),
  column(textArray, ({ kind }) => kind),
  column(int2Array, ({ templateVersion }) => templateVersion),
  column(uuidArray, ({ holder }) => holder.merchantId),
  column(uuidArray, ({ holder }) => holder.id),
  column(int8Array, ({ holderVersion }) => holderVersion),
  column(uuidArray, ({ holder }) => holder.programId),
  column(int4Array, ({ programVersion }) => programVersion),
  column(uuidArray, ({ storeId }) => storeId),
  column(textArray, ({ reference }) => reference),
  column(int8Array, ({ purchase }) => purchase?.amountMinor),
  column(textArray, ({ purchase }) => purchase?.currency),
  column(jsonbArray, ({ purchase }) => purchase?.lines && linesJson(purchase.lines)),
  column(uuidArray, ({ related }) => related?.transactionId),
  column(textArray, ({ related }) => related?.reason),
  column(uuidArray, ({ holdId }) => holdId),
  column(int8Array, ({ uncollected }) => uncollected),
  column(timestamptzArray, ({ occurredAt }) => occurredAt),
  column(textArray, ({ actor }) => actor.kind),
  column(textArray, ({ actor }) => actor.id),
];

type PostingRow = Posting & { transactionId: string; position: number; merchantId: string };

const postingColumns: readonly Column<PostingRow>[] = [
  column(uuidArray, ({ transactionId }) => transactionId),
  column(int2Array, ({ position }) => position),
  column(uuidArray, ({ merchantId }) => merchantId),
  column(uuidArray, ({ debitAccountId }) => debitAccountId),
  column(uuidArray, ({ creditAccountId }) => creditAccountId),
  column(int4Array, ({ assetId }) => assetId),
  column(int8Array, ({ amount }) => amount),
  column(uuidArray, ({ debitLotId }) => debitLotId),
  column(uuidArray, ({ creditLotId }) => creditLotId),
];

const newLotColumns: readonly Column<Lot & { merchantId: string | undefined }>[] = [
  column(uuidArray, ({ id }) => id),
  column(uuidArray, ({ holderId }) => holderId),
  column(uuidArray, ({ merchantId }) => merchantId),
  column(int4Array, ({ assetId }) => assetId),
  column(textArray, ({ category }) => category),
  column(textArray, ({ vatType }) => vatType),
  column(uuidArray, ({ transactionId }) => transactionId),
  column(uuidArray, ({ originLotId }) => originLotId),
  column(int4Array, ({ programVersion }) => programVersion),
  column(timestamptzArray, ({ earnedAt }) => earnedAt),
  column(timestamptzArray, ({ activatesAt }) => activatesAt),
  column(timestamptzArray, ({ expiresAt }) => expiresAt),
  column(int4Array, ({ inactivityDays }) => inactivityDays),
  column(int8Array, ({ granted }) => granted),
  column(int8Array, ({ spent }) => spent),
  column(int8Array, ({ expired }) => expired),
  column(int8Array, ({ revoked }) => revoked),
];

const changedLotColumns: readonly Column<Lot>[] = [
  column(uuidArray, ({ id }) => id),
  column(int8Array, ({ spent }) => spent),
  column(int8Array, ({ expired }) => expired),
  column(int8Array, ({ revoked }) => revoked),
];

interface ChangeRow {
  change: BalanceChange;
  holder: Holder;
}

const changeColumns: readonly Column<ChangeRow>[] = [
  column(uuidArray, ({ change }) => change.holderId),
  column(int8Array, ({ change }) => change.version),
  column(uuidArray, ({ change }) => change.merchantId),
  column(uuidArray, ({ change }) => change.transactionId),
  column(textArray, ({ change }) => change.kind),
  column(textArray, ({ holder }) => holder.identifiers.holder),
  column(jsonbArray, ({ change, holder }) => eventJson(change, holder)),
];

const keyColumns: readonly Column<Effects['keys'][number]>[] = [
  column(textArray, ({ request }) => request.scope),
  column(textArray, ({ request }) => request.key),
  column(textArray, ({ request }) => request.command),
  column(byteaArray, ({ request }) => request.inputHash),
  column(uuidArray, ({ request }) => request.holder.id),
  column(textArray, ({ transactionIds }) => `{${transactionIds.join(',')}}`),
];

const parameterCount = 74;
const parameters = Array.from({ length: parameterCount }, (_, index) => `$${index + 1}`).join(', ');
const statement = { name: 'write_batch', text: `SELECT write_batch(${parameters})` };

/**
 * The statement that writes what was decided, in the transaction that locked it.
 * @throws OutOfRange
 */
export function writeStatement({ locked, effects, versionsBefore }: Decided): QueryConfig {
  const { transactions } = effects;
  const changes = transactions.flatMap(({ changes }) => {
    return changes.map((change) => ({ change, holder: stateOf(locked, change.holderId).holder }));
  });
  const postings = transactions.flatMap(({ id, holder: { merchantId }, postings }) => {
    return postings.map((posting, index) => ({ ...posting, transactionId: id, position: index + 1, merchantId }));
  });
  const newLots = effects.newLots.map((lot) => ({
    ...lot,
    merchantId: stateOf(locked, lot.holderId).holder.merchantId,
  }));
  const raised = [...locked.holders.values()].filter(
    ({ holder, version }) => version !== versionsBefore.get(holder.id),
  );
  const write = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => columns.map((each) => each(rows));
  return {
    ...statement,
    values: [
      ...write(holderColumns(effects, versionsBefore, locked.at), raised),
      uuidArray([...effects.settledHolderIds]),
      ...write(transactionColumns, transactions),
      ...write(postingColumns, postings),
      ...write(newLotColumns, newLots),
      ...write(changedLotColumns, changedLots(locked, effects)),
      ...write(changeColumns, changes),
      ...write(keyColumns, effects.keys),
      locked.at.toISOString(),
      ...holdParameters(locked, effects),
      limitParameter(locked),
    ],
  };
}

function holderColumns(
  { activeHolderIds }: Effects,
  versionsBefore: ReadonlyMap<string, bigint>,
  at: Date,
): readonly Column<HolderState>[] {
  return [
    column(uuidArray, ({ holder }) => holder.id),
    column(int8Array, ({ holder }) => versionsBefore.get(holder.id)),
    column(int8Array, ({ version }) => version),
    column(timestamptzArray, ({ dueAt }) => dueAt),
    column(timestamptzArray, ({ holder }) => (activeHolderIds.has(holder.id) ? at : undefined)),
  ];
}

function stateOf({ holders }: Locked, holderId: string): HolderState {
  const state = holders.get(holderId);
  if (state === undefined) throw new Error(`The batch has not locked holder ${holderId}.`);
  return state;
}

/** Lots that postings moved and that were there before. */
function changedLots({ holders }: Locked, { transactions, newLots }: Effects): Lot[] {
  const newIds = new Set(newLots.map(({ id }) => id));
  const moved = new Set(
    transactions.flatMap(({ postings }) =>
      postings.flatMap(({ debitLotId, creditLotId }) => [debitLotId, creditLotId]),
    ),
  );
  return [...holders.values()].flatMap(({ lots }) => {
    return [...lots.values()].filter(({ id }) => moved.has(id) && !newIds.has(id));
  });
}

function linesJson(lines: readonly { lineId: string; amountMinor: bigint }[]): string {
  return JSON.stringify(lines.map(({ lineId, amountMinor }) => ({ lineId, amountMinor: amountMinor.toString() })));
}

function holdParameters(locked: Locked, { newHolds, changedHoldIds }: Effects): (string | null)[] {
  if (newHolds.length === 0 && changedHoldIds.size === 0) return [null, null, null];
  const holds = [...locked.holders.values()].flatMap(({ holds }) => [...holds.values()]);
  const isNew = new Set(newHolds.map(({ hold }) => hold.id));
  const changed = holds.filter(({ id }) => changedHoldIds.has(id));
  const touched = holds.filter(({ id }) => changedHoldIds.has(id) || isNew.has(id));
  return [
    JSON.stringify(
      newHolds.map(({ hold, transactionId, storeId, reference }) => ({
        id: hold.id,
        holder_id: hold.holderId,
        merchant_id: locked.holders.get(hold.holderId)?.holder.merchantId,
        asset_id: hold.assetId,
        transaction_id: transactionId,
        store_id: storeId,
        reference,
        placed_at: locked.at,
        expires_at: hold.expiresAt,
        amount: hold.amount.toString(),
      })),
    ),
    JSON.stringify(changed.map(holdAmounts)),
    JSON.stringify(
      touched.flatMap(({ id, heldByLot }) => {
        return [...heldByLot].map(([lotId, held]) => ({ hold_id: id, lot_id: lotId, held: held.toString() }));
      }),
    ),
  ];
}

function holdAmounts({ id, held, captured, released, expired }: Hold): Record<string, string> {
  return {
    id,
    held: held.toString(),
    captured: captured.toString(),
    released: released.toString(),
    expired: expired.toString(),
  };
}

function limitParameter({ counters }: Locked): string | null {
  const used = [...new Set<Counter>([...counters.values()].flat())].filter(({ countAdded }) => countAdded > 0n);
  if (used.length === 0) return null;
  return JSON.stringify(
    used.map(({ ruleId, subject, periodStart, amountAdded, countAdded }) => ({
      rule_id: ruleId,
      subject,
      period_start: periodStart,
      amount: amountAdded.toString(),
      count: countAdded.toString(),
    })),
  );
}
