import { newId, toUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BalanceChange } from '../domain/balance-change.ts';
import { BalanceHub } from '../domain/balance-hub.ts';
import { loadBalances } from '../store/balance-rows.ts';
import type { Database } from '../store/connection.ts';
import { loadFeedPositions } from '../store/feed-position-rows.ts';
import { applyCommittedChanges, applyFeedBatch } from './apply-balance-changes.ts';

const topic = 'localplus.ledger.balance-changed.v1';
const logId = 'a log';
let database: TestDatabase;
let pool: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('wallet'), name: 'wallet-test', max: 10 });
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
  expect(await applyCommittedChanges(pool, [change(holder, 2n)])).toBe(1);
  expect(await applyCommittedChanges(pool, [change(holder, 1n)])).toBe(0);
  expect(await applyCommittedChanges(pool, [change(holder, 2n, 99n)])).toBe(0);
  expect(await applyCommittedChanges(pool, [change(holder, 5n), change(holder, 3n), change(holder, 4n)])).toBe(3);
  const state = (await loadBalances(pool, [holder])).get(holder);
  expect(state).toEqual({ version: 5n, balances: change(holder, 5n).balances, occurredAt: new Date(5) });
});

test('nothing to apply is no statement', async () => {
  expect(await applyCommittedChanges(pool, [])).toBe(0);
});

test('amounts above 2^53 are kept to the last unit', async () => {
  const holder = newHolder();
  const posted = 9_223_372_036_854_775_807n;
  await applyCommittedChanges(pool, [change(holder, 1n, posted)]);
  expect((await loadBalances(pool, [holder])).get(holder)?.balances[0]?.posted).toBe(posted);
});

test('a balance of a holder that has no wallet yet is kept', async () => {
  const holder = newHolder();
  await applyCommittedChanges(pool, [change(holder, 1n)]);
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
  let offset = 0n;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ isHop: fc.boolean(), batch }), { minLength: 2, maxLength: 8 }),
      async (steps) => {
        const works = steps.map(({ isHop, batch: entries }) => {
          const changes = entries.map(({ holder, version }) => change(holders[holder] ?? '', version));
          for (const { holderId, version } of changes) {
            if (version > (newest.get(holderId) ?? 0n)) newest.set(holderId, version);
          }
          offset += 1n;
          return isHop
            ? applyCommittedChanges(pool, changes)
            : applyFeedBatch({ pool, hub }, changes, { logId, topic, partition: 0, offset });
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

test('a feed batch is told to watchers after it is stored, with its position', async () => {
  const holder = newHolder();
  const hub = new BalanceHub();
  const taken = hub.join(holder).take();
  const seen = taken.then(async (queued) => ({ told: queued?.change.version, stored: await versionOf(holder) }));
  await applyFeedBatch({ pool, hub }, [change(holder, 1n)], { logId, topic, partition: 7, offset: 12n });
  expect(await seen).toEqual({ told: 1n, stored: 1n });
  expect(await loadFeedPositions(pool, logId, topic)).toContainEqual({ logId, topic, partition: 7, offset: 12n });
});

test('a position never goes back, and belongs to its topic and its log', async () => {
  const hub = new BalanceHub();
  await applyFeedBatch({ pool, hub }, [change(newHolder(), 1n)], { logId, topic, partition: 3, offset: 20n });
  await applyFeedBatch({ pool, hub }, [change(newHolder(), 1n)], { logId, topic, partition: 3, offset: 10n });
  expect(await loadFeedPositions(pool, logId, topic)).toContainEqual({ logId, topic, partition: 3, offset: 20n });
  expect(await loadFeedPositions(pool, logId, 'another.topic')).toEqual([]);
  expect(await loadFeedPositions(pool, 'another log', topic)).toEqual([]);
});

test('a batch that cannot be stored leaves its position where it was, and tells nobody', async () => {
  const hub = new BalanceHub();
  const holder = newHolder();
  const queue = hub.join(holder);
  const broken = { ...change(holder, 1n), version: -1n };
  await expect(applyFeedBatch({ pool, hub }, [broken], { logId, topic, partition: 9, offset: 1n })).rejects.toThrow(
    /balances_version_not_negative/,
  );
  expect((await loadFeedPositions(pool, logId, topic)).find(({ partition }) => partition === 9)).toBeUndefined();
  queue.close();
  expect(await queue.take()).toBeUndefined();
});
