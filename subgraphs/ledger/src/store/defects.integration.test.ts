import { withRetry } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, newKey, openLedgerHouse, terms } from '../../test/ledger-house.ts';
import {
  burning,
  capturing,
  holding,
  refunding,
  releasing,
  returning,
  reversing,
  settling,
  transferring,
} from '../../test/requests.ts';
import type { Decision } from '../domain/engine/decide.ts';
import type { OperationRequest } from '../domain/operation.ts';

/** Connections at once, as many processes would open them: each request is a batch of its own. */
const connections = 64;
const dayMs = 24 * 60 * 60 * 1_000;

let house: LedgerHouse;
let merchant: HouseMerchant;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase(), { connectionsMax: connections });
});

beforeEach(async () => {
  merchant = await house.addMerchant();
});

afterEach(async () => {
  house.now = null;
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

/** Runs as many requests at once as there are connections, or those that are given; counts what became of them. */
async function race(holderId: string, of: (index: number) => Partial<OperationRequest>, count = connections) {
  const requests = await Promise.all(
    Array.from({ length: count }, (_, index) => house.earning(holderId, 1n, of(index))),
  );
  const decisions = (await Promise.all(requests.map((request) => withRetry(() => house.run([request]))))).flat();
  return { requests, decisions, counts: countOf(decisions) };
}

function countOf(decisions: readonly Decision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of decisions) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function post(holderId: string, more: Partial<OperationRequest>): Promise<string> {
  const request = await house.earning(holderId, 1n, more);
  expect(await house.run([request])).toMatchObject([{ status: 'DONE' }]);
  return request.transactionId;
}

async function place(holderId: string, points: bigint): Promise<string> {
  const holdId = await anyId();
  await post(holderId, holding(await house.holder(holderId), points, holdId));
  return holdId;
}

const anyId = async (): Promise<string> => {
  const { rows } = await house.pool.query<{ id: string }>('SELECT uuidv7() AS id');
  return rows[0]?.id ?? '';
};

test('defect 1: of 64 holds of 1,000 at once on 5,000 five are placed, and nothing held is spent', async () => {
  const { holderId } = await house.openWallet(merchant, 5_000n);
  const holder = await house.holder(holderId);
  const ids = await Promise.all(Array.from({ length: connections }, anyId));
  const { counts } = await race(holderId, (index) => holding(holder, 1_000n, ids[index] ?? ''));
  expect(counts).toEqual({ DONE: 5, INSUFFICIENT: connections - 5 });
  expect((await race(holderId, () => burning(holder, 1n))).counts).toEqual({ INSUFFICIENT: connections });
  expect(await house.stateOf(holderId)).toMatchObject({ posted: 5_000n, held: 5_000n, available: 0n });
});

test.each([
  ['capture and capture', (holdId: string) => () => capturing(holdId)],
  ['release and release', (holdId: string) => () => releasing(holdId)],
  ['capture and release', (holdId: string) => (index: number) => (index % 2 ? capturing(holdId) : releasing(holdId))],
])('defect 2: of 64 who end one hold at once (%s) one wins', async (_what, ending) => {
  const { holderId } = await house.openWallet(merchant, 100n);
  const holdId = await place(holderId, 40n);
  const { decisions, counts } = await race(holderId, ending(holdId));
  expect(counts).toEqual({ DONE: 1, HOLD_ENDED: connections - 1 });
  const won = decisions.find((decision) => decision.status === 'DONE');
  const isCaptured = won?.transactions[0]?.kind === 'CAPTURE';
  expect(await house.stateOf(holderId)).toMatchObject({ held: 0n, posted: isCaptured ? 60n : 100n });
});

test('defect 2: of 64 refunds of one spending at once one wins', async () => {
  const { holderId } = await house.openWallet(merchant, 100n);
  const spentId = await post(holderId, burning(await house.holder(holderId), 40n));
  expect((await race(holderId, () => refunding(spentId))).counts).toEqual({
    DONE: 1,
    REFUND_EXCEEDED: connections - 1,
  });
  expect(await house.stateOf(holderId)).toMatchObject({ available: 100n });
});

// What becomes of an answer that is lost after COMMIT is proved for every command in injected-failures.integration.test.ts.
test('defect 3: a command that is sent 64 times at once moves the balance once, and each is told the same transaction', async () => {
  const { holderId } = await house.openWallet(merchant, 100n);
  const spend = burning(await house.holder(holderId), 10n);
  const key = newKey();
  const { decisions, counts } = await race(holderId, () => ({ ...spend, key }));
  expect(counts).toEqual({ DONE: 1, REPLAYED: connections - 1 });
  const [made] = decisions.flatMap((each) => (each.status === 'DONE' ? each.transactions : []));
  for (const each of decisions) {
    if (each.status === 'REPLAYED') expect(each.transactionIds).toEqual([made?.id]);
  }
  expect(await house.stateOf(holderId)).toMatchObject({ version: 2n, available: 90n });
});

test('defect 4: 64 attempts that fail leave their key free; the one that succeeds keeps it', async () => {
  const { holderId } = await house.openWallet(merchant, 5n);
  const spend = burning(await house.holder(holderId), 10n);
  const key = newKey();
  expect((await race(holderId, () => ({ ...spend, key }))).counts).toEqual({ INSUFFICIENT: connections });
  await post(holderId, {});
  await Promise.all(Array.from({ length: 9 }, () => post(holderId, {})));
  expect((await race(holderId, () => ({ ...spend, key }))).counts).toEqual({ DONE: 1, REPLAYED: connections - 1 });
  const other = { ...spend, key, inputHash: Buffer.alloc(32, 9) };
  expect((await race(holderId, () => other)).counts).toEqual({ KEY_REUSED: connections });
});

test('defect 7: a limit counts what is held, lets 64 at once use just what it leaves, and can be changed', async () => {
  const { holderId } = await house.openWallet(merchant, 100_000n);
  const holder = await house.holder(holderId);
  const limitTo = (amountMax: bigint) => house.setLimit(merchant, { amountMax, period: 'YEAR', timeZone: 'UTC' });
  const limitId = await limitTo(5_000n);
  const ids = await Promise.all(Array.from({ length: connections }, anyId));
  const holdOrBurn = (index: number) =>
    index % 2 ? burning(holder, 1_000n) : holding(holder, 1_000n, ids[index] ?? '');
  expect((await race(holderId, holdOrBurn)).counts).toEqual({ DONE: 5, LIMIT_EXCEEDED: connections - 5 });
  await house.endLimit(merchant, limitId);
  await limitTo(7_000n);
  const burns = await race(holderId, () => burning(holder, 1_000n));
  expect(burns.counts).toEqual({ DONE: 7, LIMIT_EXCEEDED: connections - 7 });
});

test('defect 10: 64 spendings at once drain lots in one order: soonest end first, and the smaller of two that end together', async () => {
  const { holderId } = await house.openWallet(merchant);
  house.now = new Date('2026-03-01T00:00:00Z');
  const endsIn = (days: number) => ({ expiresAt: new Date(Date.UTC(2026, 2, 1) + days * dayMs) });
  const lots = [];
  for (const [days, points] of [
    [30, 32n],
    [10, 48n],
    [20, 32n],
    [10, 24n],
  ] as const) {
    const request = await house.earning(holderId, points, { period: endsIn(days) });
    lots.push({ days, id: request.transactionId });
    await house.run([request]);
  }
  const holder = await house.holder(holderId);
  expect((await race(holderId, () => burning(holder, 1n))).counts).toEqual({ DONE: connections });
  const { rows } = await house.pool.query<{ transaction_id: string; spent: bigint }>(
    'SELECT transaction_id, spent FROM lot WHERE holder_id = $1',
    [holderId],
  );
  const spent = new Map(rows.map((row) => [row.transaction_id, row.spent]));
  expect(lots.map(({ id }) => spent.get(id))).toEqual([0n, 40n, 0n, 24n]);
  await post(holderId, burning(holder, 41n));
  const { rows: last } = await house.pool.query<{ available: bigint }>(
    'SELECT available FROM lot WHERE holder_id = $1 AND available > 0',
    [holderId],
  );
  expect(last).toEqual([{ available: 31n }]);
});

test('defect 11: whatever combines at once, value is neither made nor lost', async () => {
  const wallets = await Promise.all(Array.from({ length: 4 }, () => house.openWallet(merchant, 50n)));
  const holders = await Promise.all(wallets.map(({ holderId }) => house.holder(holderId)));
  const spentIds = await Promise.all(
    wallets.map(async ({ holderId }, index) => post(holderId, burning(holders[index]!, 10n))),
  );
  const ids = await Promise.all(Array.from({ length: connections }, anyId));
  const requests = await Promise.all(
    ids.map((id, index) => {
      const [from, to] = [holders[index % 4]!, holders[(index + 1) % 4]!];
      const commands = [
        transferring(from, to, 7n),
        burning(from, 3n),
        holding(from, 5n, id),
        refunding(spentIds[index % 4]!, 2n),
        {},
      ];
      return house.earning(from.id, 4n, commands[Math.floor(index / 4) % commands.length]);
    }),
  );
  const decisions = (await Promise.all(requests.map((request) => withRetry(() => house.run([request]))))).flat();
  const moved = (kind: OperationRequest['operation']['type']) =>
    requests.reduce((sum, { operation }, index) => {
      const amount = 'amount' in operation && operation.type === kind ? (operation.amount ?? 0n) : 0n;
      return decisions[index]?.status === 'DONE' ? sum + amount : sum;
    }, 0n);
  const states = await Promise.all(wallets.map(({ holderId }) => house.stateOf(holderId)));
  const posted = states.reduce((sum, state) => sum + state.posted, 0n);
  expect(posted).toBe(200n - 40n + moved('EARN') + moved('REFUND') - moved('BURN'));
  expect(moved('TRANSFER')).toBeGreaterThan(0n);
});

test('defect 12: a refund restores the lot that was spent from, and what it gave back is spent once', async () => {
  const { holderId } = await house.openWallet(merchant, 64n);
  const holder = await house.holder(holderId);
  const spentId = await post(holderId, burning(holder, 64n));
  await post(holderId, refunding(spentId, 32n));
  const { rows } = await house.pool.query('SELECT available, spent FROM lot WHERE holder_id = $1', [holderId]);
  expect(rows).toEqual([{ available: 32n, spent: 32n }]);
  const { counts } = await race(holderId, (index) => (index % 2 ? burning(holder, 4n) : refunding(spentId, 32n)));
  expect(counts).toMatchObject({ REFUND_EXCEEDED: connections / 2 - 1 });
  const state = await house.stateOf(holderId);
  expect(state.available).toBe(64n - 4n * BigInt((counts.DONE ?? 0) - 1));
});

test('defect 13: who buys, earns, spends and returns keeps no points, whichever of 64 comes first', async () => {
  const { holderId } = await house.openWallet(merchant);
  const holder = await house.holder(holderId);
  const earned = await house.earning(holderId, 100n, { purchase: { amountMinor: 10_000n, currency: 'EUR' } });
  await house.run([earned]);
  const owing = { ...terms, negativeBalance: 'UNLIMITED' as const };
  const giveBack = returning(earned.transactionId, { amountMinor: 10_000n }, owing);
  const { decisions, requests } = await race(holderId, (index) => (index === 32 ? giveBack : burning(holder, 5n)));
  const spent = decisions.filter(({ status }, index) => status === 'DONE' && index !== 32).length;
  expect(requests[32]?.operation.type).toBe('RETURN');
  expect(await house.stateOf(holderId)).toMatchObject({ posted: BigInt(-5 * spent) });
  const more = await house.earning(holderId, 100n);
  await house.run([more]);
  expect(await house.stateOf(holderId)).toMatchObject({ available: BigInt(100 - 5 * spent) });
});

test('defect 14: of 64 gifts at once of all that somebody has one is given, and no point more is there than before', async () => {
  const [giver, ...receivers] = await Promise.all(
    [100n, 0n, 0n, 0n].map((points) => house.openWallet(merchant, points)),
  );
  const from = await house.holder(giver!.holderId);
  const to = await Promise.all(receivers.map(({ holderId }) => house.holder(holderId)));
  const { counts } = await race(from.id, (index) => transferring(from, to[index % to.length]!, 100n));
  expect(counts).toEqual({ DONE: 1, INSUFFICIENT: connections - 1 });
  const states = await Promise.all([from, ...to].map(({ id }) => house.stateOf(id)));
  expect(states.map(({ posted }) => posted).sort()).toEqual([0n, 0n, 0n, 100n]);
});

test('defect 15: every lot that ends expires, whatever it came of and however its end is told', async () => {
  house.now = new Date('2026-03-01T00:00:00Z');
  const [own, other] = [await house.openWallet(merchant), await house.openWallet(merchant)];
  const [holder, friend] = [await house.holder(own.holderId), await house.holder(other.holderId)];
  const soon = new Date('2026-03-11T00:00:00Z');
  const periods = [
    { expiresAt: soon },
    { inactivityDays: 10 },
    { activatesAt: new Date('2026-03-05T00:00:00Z'), expiresAt: soon },
  ];
  for (const period of periods) await house.run([await house.earning(own.holderId, 10n, { period })]);
  const spentId = await post(own.holderId, burning(holder, 4n));
  await post(own.holderId, transferring(holder, friend, 3n));
  await place(own.holderId, 2n);
  house.now = new Date('2026-03-10T23:59:59.999Z');
  await house.run([await house.earning(own.holderId, 1n, settling())]);
  expect(await house.stateOf(own.holderId)).toMatchObject({ posted: 23n, pending: 0n });
  house.now = new Date('2026-03-11T00:00:00Z');
  // 64 workers find the same lots due: each expires once.
  const settled = await race(own.holderId, settling);
  const expiries = settled.decisions.flatMap((each) => (each.status === 'DONE' ? each.transactions : []));
  expect(expiries.map(({ kind }) => kind)).toContain('EXPIRY');
  await post(own.holderId, refunding(spentId, undefined, { graceDays: 1 }));
  house.now = new Date('2026-03-22T00:00:00Z');
  for (const { holderId } of [own, other]) await house.run([await house.earning(holderId, 1n, settling())]);
  expect(await house.stateOf(own.holderId)).toMatchObject({ posted: 0n, held: 0n });
  expect(await house.stateOf(other.holderId)).toMatchObject({ posted: 0n });
});

test.each([
  ['a date', { expiresAt: new Date('2026-03-11T00:00:00Z') }],
  ['inactivity', { inactivityDays: 10 }],
])('what expires by %s counts from the instant that it ended, however late somebody notices', async (_how, period) => {
  house.now = new Date('2026-03-01T00:00:00Z');
  const { holderId } = await house.openWallet(merchant);
  await house.run([await house.earning(holderId, 10n, { period })]);
  house.now = new Date('2026-03-15T08:00:00Z');
  await house.run([await house.earning(holderId, 1n, settling())]);
  const { rows } = await house.pool.query(
    "SELECT occurred_at, recorded_at FROM transaction WHERE holder_id = $1 AND kind = 'EXPIRY'",
    [holderId],
  );
  expect(rows).toEqual([{ occurred_at: new Date('2026-03-11T00:00:00Z'), recorded_at: house.now }]);
});

test('defect 16: what is undone stays in the journal as it was, with its postings; what undid it is a transaction of its own', async () => {
  const { holderId } = await house.openWallet(merchant, 100n);
  const spentId = await post(holderId, burning(await house.holder(holderId), 40n));
  const journal = () =>
    house.pool.query(
      `SELECT t.id, t.kind, t.recorded_at, p.position, p.amount, p.debit_account_id, p.credit_account_id
       FROM transaction t JOIN posting p ON p.transaction_id = t.id WHERE t.holder_id = $1 ORDER BY t.holder_version, p.position`,
      [holderId],
    );
  const { rows: before } = await journal();
  const { counts } = await race(holderId, () => reversing(spentId));
  expect(counts).toEqual({ DONE: 1, ALREADY_REVERSED: connections - 1 });
  const { rows: after } = await journal();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length)).toMatchObject([{ kind: 'REVERSAL', amount: 40n }]);
  for (const table of ['transaction', 'posting']) {
    await expect(house.pool.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
});

test('defect 17: of 64 spendings at once of all that is there one is done: who read the balance before decides nothing', async () => {
  const { holderId } = await house.openWallet(merchant, 10n);
  const holder = await house.holder(holderId);
  const { counts } = await race(holderId, () => burning(holder, 10n));
  expect(counts).toEqual({ DONE: 1, INSUFFICIENT: connections - 1 });
  expect(await house.stateOf(holderId)).toMatchObject({ posted: 0n, available: 0n });
});
