import { fromUuid } from '@localplus/identifiers';
import type { Effects } from '../domain/engine/batch-state.ts';
import type { HolderState } from '../domain/engine/holder-state.ts';
import type { Counter } from '../domain/engine/limits.ts';
import type { Hold } from '../domain/hold.ts';
import type { Lot } from '../domain/lot.ts';
import type { LedgerTransaction } from '../domain/transaction.ts';
import { arrayLiteral, type Element } from './array-literal.ts';
import { balancesJson, deltasJson, eventJson } from './balance-json.ts';
import type { Sql } from './connection.ts';
import type { Locked } from './lock-batch.ts';

/** What was decided on what was locked. */
export interface Decided {
  locked: Locked;
  effects: Effects;
  /** The holders' versions when they were locked. */
  versionsBefore: ReadonlyMap<string, bigint>;
}

/** A column of an array parameter: how it is read off a row. */
type Column<Row> = (row: Row) => Element;

const transactionColumns: readonly Column<LedgerTransaction>[] = [
  ({ id }) => id,
  ({ kind }) => kind,
  ({ templateVersion }) => templateVersion,
  ({ holder }) => holder.merchantId,
  ({ holder }) => holder.id,
  ({ holderVersion }) => holderVersion,
  ({ holder }) => holder.programId,
  ({ programVersion }) => programVersion,
  ({ storeId }) => storeId,
  ({ reference }) => reference,
  ({ purchase }) => purchase?.amountMinor,
  ({ purchase }) => purchase?.currency,
  ({ purchase }) => purchase?.lines && linesJson(purchase.lines),
  ({ related }) => related?.transactionId,
  ({ related }) => related?.reason,
  ({ holdId }) => holdId,
  ({ uncollected }) => uncollected,
  ({ occurredAt }) => occurredAt,
  ({ actor }) => actor.kind,
  ({ actor }) => actor.id,
];

const newLotColumns: readonly Column<Lot & { merchantId: string | undefined }>[] = [
  ({ id }) => id,
  ({ holderId }) => holderId,
  ({ merchantId }) => merchantId,
  ({ assetId }) => assetId,
  ({ category }) => category,
  ({ vatType }) => vatType,
  ({ transactionId }) => transactionId,
  ({ originLotId }) => originLotId,
  ({ programVersion }) => programVersion,
  ({ earnedAt }) => earnedAt,
  ({ activatesAt }) => activatesAt,
  ({ expiresAt }) => expiresAt,
  ({ inactivityDays }) => inactivityDays,
  ({ granted }) => granted,
  ({ spent }) => spent,
  ({ expired }) => expired,
  ({ revoked }) => revoked,
];

const parameterCount = 77;
const parameters = Array.from({ length: parameterCount }, (_, index) => `$${index + 1}`).join(', ');
const statement = { name: 'write_batch', text: `SELECT write_batch(${parameters})` };

/** Writes what was decided, in the transaction that locked it. */
export async function writeBatch(sql: Sql, decided: Decided): Promise<void> {
  const { locked, effects, versionsBefore } = decided;
  const { transactions } = effects;
  const changes = transactions.flatMap(({ changes }) => changes);
  const postings = transactions.flatMap(({ id, holder, postings }) => {
    return postings.map((posting, index) => ({ ...posting, transactionId: id, merchantId: holder.merchantId, index }));
  });
  const states = [...locked.holders.values()].filter(
    ({ holder, version }) => version !== versionsBefore.get(holder.id),
  );
  const lots = changedLots(locked, effects);
  const rows = <Row>(of: readonly Row[], columns: readonly Column<Row>[]) =>
    columns.map((column) => arrayLiteral(of.map(column)));
  await sql.query({
    ...statement,
    values: [
      ...rows(states, holderColumns(effects, versionsBefore, locked.at)),
      arrayLiteral([...effects.settledHolderIds]),
      ...rows(transactions, transactionColumns),
      ...rows(postings, [
        ({ transactionId }) => transactionId,
        ({ index }) => index + 1,
        ({ merchantId }) => merchantId,
        ({ debitAccountId }) => debitAccountId,
        ({ creditAccountId }) => creditAccountId,
        ({ assetId }) => assetId,
        ({ amount }) => amount,
        ({ debitLotId }) => debitLotId,
        ({ creditLotId }) => creditLotId,
      ]),
      ...rows(
        effects.newLots.map((lot) => ({ ...lot, merchantId: merchantOf(locked, lot) })),
        newLotColumns,
      ),
      ...rows(lots, [({ id }) => id, ({ spent }) => spent, ({ expired }) => expired, ({ revoked }) => revoked]),
      ...rows(changes, [
        ({ holderId }) => holderId,
        ({ version }) => version,
        ({ merchantId }) => merchantId,
        ({ transactionId }) => transactionId,
        ({ kind }) => kind,
        ({ deltas }) => deltasJson(deltas),
        ({ balances }) => balancesJson(balances),
      ]),
      ...rows(changes, [
        ({ holderId }) => fromUuid(locked.holders.get(holderId)?.holder.kind === 'card' ? 'gc' : 'wal', holderId),
        ({ version }) => version,
        (change) => eventJson(change, locked.holders.get(change.holderId)?.holder.kind ?? 'wallet'),
      ]),
      ...rows(effects.keys, [
        ({ request }) => request.scope,
        ({ request }) => request.key,
        ({ request }) => request.command,
        ({ request }) => request.inputHash,
        ({ request }) => request.holder.id,
        ({ transactionIds }) => arrayLiteral(transactionIds),
      ]),
      locked.at.toISOString(),
      ...holdParameters(locked, effects),
      limitParameter(locked),
    ],
  });
}

function holderColumns(
  { activeHolderIds }: Effects,
  versionsBefore: ReadonlyMap<string, bigint>,
  at: Date,
): Column<HolderState>[] {
  return [
    ({ holder }) => holder.id,
    ({ holder }) => versionsBefore.get(holder.id),
    ({ version }) => version,
    ({ dueAt }) => dueAt,
    ({ holder }) => (activeHolderIds.has(holder.id) ? at : undefined),
  ];
}

function merchantOf({ holders }: Locked, { holderId }: Lot): string | undefined {
  return holders.get(holderId)?.holder.merchantId;
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
