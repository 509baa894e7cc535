import { newId, toUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { BalanceChange } from '../domain/balance-change.ts';
import { BalanceHub } from '../domain/balance-hub.ts';
import { loadBalances } from '../store/balance-rows.ts';
import { BalanceStore } from '../store/balance-store.ts';
import type { Database } from '../store/connection.ts';
import { loadFeedPositions, storeFeedPositions } from '../store/feed-position-rows.ts';
import { applyCommittedChanges, applyFeedBatch } from './apply-balance-changes.ts';

const followed = { logId: 'a log', topic: 'localplus.ledger.balance-changed.v1' };
let database: TestDatabase;
let pool: Database;
let store: BalanceStore;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('wallet'), name: 'wallet-test', max: 10 });
});
beforeEach(() => {
  store = new BalanceStore(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const newHolder = () => toUuid(newId('wal'), 'wal');

function change(holderId: string, version: bigint, posted = version * 10n): BalanceChange {
  const balances = [{ asset: { code: 'PTS.prg_1', scale: 0 }, posted, pending: 0n, held: 0n }];
  return {
    holderId,
    version,
    balances,
    occurredAt: new Date(Number(version)),
    kind: 'EARN',
    transactionId: newHolder(),
  };
}
const versionOf = async (holderId: string) => (await loadBalances(pool, [holderId])).get(holderId)?.version;

test('the newer version wins, whatever the order in which versions come', async () => {
  const holder = newHolder();
  expect(await applyCommittedChanges(store, [change(holder, 2n)])).toBe(1);
  expect(await applyCommittedChanges(store, [change(holder, 1n)])).toBe(0);
  expect(await applyCommittedChanges(store, [change(holder, 2n, 99n)])).toBe(0);
  expect(await applyCommittedChanges(store, [change(holder, 5n), change(holder, 3n), change(holder, 4n)])).toBe(3);
  const state = (await loadBalances(pool, [holder])).get(holder);
  expect(state).toEqual({ version: 5n, balances: change(holder, 5n).balances, occurredAt: new Date(5) });
});

test('what is stored is no statement: nothing, and a version that this process stored', async () => {
  const holder = newHolder();
  await applyCommittedChanges(store, [change(holder, 2n)]);
  const query = vi.spyOn(pool, 'query');
  expect(await applyCommittedChanges(store, [])).toBe(0);
  expect(await applyCommittedChanges(store, [change(holder, 1n), change(holder, 2n)])).toBe(0);
  expect(query).not.toHaveBeenCalled();
  query.mockRestore();
});

test('amounts above 2^53 are kept to the last unit', async () => {
  const holder = newHolder();
  const posted = 9_223_372_036_854_775_807n;
  await applyCommittedChanges(store, [change(holder, 1n, posted)]);
  expect((await loadBalances(pool, [holder])).get(holder)?.balances[0]?.posted).toBe(posted);
});

test('a balance of a holder that has no wallet yet is kept', async () => {
  const holder = newHolder();
  await applyCommittedChanges(store, [change(holder, 1n)]);
  expect(await versionOf(holder)).toBe(1n);
});

test('hop and feed in any interleaving leave the newest, and never wait for each other in a circle', async () => {
  const holders = Array.from({ length: 6 }, newHolder).toSorted();
  const batch = fc.array(fc.record({ holder: fc.nat(5), version: fc.bigInt(1n, 1_000_000n) }), {
    minLength: 1,
    maxLength: 32,
  });
  const newest = new Map<string, bigint>();
  const hub = new BalanceHub();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ isHop: fc.boolean(), batch }), { minLength: 2, maxLength: 8 }),
      async (steps) => {
        const works = steps.map(({ isHop, batch: entries }) => {
          const changes = entries.map(({ holder, version }) => change(holders[holder] ?? '', version));
          for (const { holderId, version } of changes) {
            if (version > (newest.get(holderId) ?? 0n)) newest.set(holderId, version);
          }
          return isHop ? applyCommittedChanges(store, changes) : applyFeedBatch({ store, hub }, changes);
        });
        await Promise.all(works);
        const stored = await loadBalances(pool, holders);
        expect(new Map([...stored].map(([id, { version }]) => [id, version]))).toEqual(newest);
        for (const { version, balances } of stored.values()) expect(balances[0]?.posted).toBe(version * 10n);
      },
    ),
    { numRuns: 40 },
  );
  const { rows } = await pool.query<{ deadlocks: bigint }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(rows[0]?.deadlocks).toBe(0n);
});

test('two replicas in any interleaving leave the newest', async () => {
  const holders = Array.from({ length: 4 }, newHolder);
  const replicas = [store, new BalanceStore(pool)];
  const works = Array.from({ length: 200 }, (_, index) => {
    const holder = holders[index % holders.length] ?? '';
    return replicas[index % 3 === 0 ? 0 : 1]?.store([change(holder, BigInt(index + 1))]);
  });
  await Promise.all(works);
  const stored = await loadBalances(pool, holders);
  expect(holders.map((holder) => stored.get(holder)?.version)).toEqual([197n, 198n, 199n, 200n]);
});

test('a feed batch is told to watchers after it is stored', async () => {
  const holder = newHolder();
  const hub = new BalanceHub();
  const taken = hub.join(holder).take();
  const seen = taken.then(async (queued) => ({ told: queued?.change.version, stored: await versionOf(holder) }));
  await applyFeedBatch({ store, hub }, [change(holder, 1n)]);
  expect(await seen).toEqual({ told: 1n, stored: 1n });
});

/** Holds the row of a holder until told to let go, so that whoever stores it waits. */
async function holdRow(holder: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM balances WHERE holder_id = $1 FOR UPDATE', [holder]);
  return async () => {
    await client.query('COMMIT');
    client.release();
  };
}

async function waiting(): Promise<number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}

test('what the hop is storing the feed waits for, and does not store again', async () => {
  const holder = newHolder();
  const hub = new BalanceHub();
  const queue = hub.join(holder);
  await applyCommittedChanges(store, [change(holder, 1n)]);
  const letGo = await holdRow(holder);
  const hop = applyCommittedChanges(store, [change(holder, 2n)]);
  await vi.waitUntil(async () => (await waiting()).length === 1);
  const told = queue.take();
  const feed = applyFeedBatch({ store, hub }, [change(holder, 2n)]);
  expect(await waiting()).toHaveLength(1);
  await letGo();
  expect(await hop).toBe(1);
  await feed;
  expect((await told)?.change.version).toBe(2n);
  queue.close();
});

test('what the hop fails to store the feed stores', async () => {
  const holder = newHolder();
  const hub = new BalanceHub();
  await applyCommittedChanges(store, [change(holder, 1n)]);
  const letGo = await holdRow(holder);
  const hop = applyCommittedChanges(store, [change(holder, 2n)]);
  const refused = expect(hop).rejects.toThrow();
  await vi.waitUntil(async () => (await waiting()).length === 1);
  const feed = applyFeedBatch({ store, hub }, [change(holder, 2n)]);
  for (const pid of await waiting()) await pool.query('SELECT pg_terminate_backend($1)', [pid]);
  await refused;
  await letGo();
  await feed;
  expect(await versionOf(holder)).toBe(2n);
});

test('a position never goes back, and belongs to its topic and its log', async () => {
  await storeFeedPositions(pool, followed, [
    { partition: 3, offset: 20n },
    { partition: 4, offset: 5n },
  ]);
  await storeFeedPositions(pool, followed, [
    { partition: 4, offset: 6n },
    { partition: 3, offset: 10n },
  ]);
  expect((await loadFeedPositions(pool, followed)).toSorted((left, right) => left.partition - right.partition)).toEqual(
    [
      { partition: 3, offset: 20n },
      { partition: 4, offset: 6n },
    ],
  );
  expect(await loadFeedPositions(pool, { ...followed, topic: 'another.topic' })).toEqual([]);
  expect(await loadFeedPositions(pool, { ...followed, logId: 'another log' })).toEqual([]);
});

test('a batch that cannot be stored is told to nobody', async () => {
  const hub = new BalanceHub();
  const holder = newHolder();
  const queue = hub.join(holder);
  const broken = { ...change(holder, 1n), version: -1n };
  await expect(applyFeedBatch({ store, hub }, [broken])).rejects.toThrow(/balances_version_not_negative/);
  queue.close();
  expect(await queue.take()).toBeUndefined();
});
