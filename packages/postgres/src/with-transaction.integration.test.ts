import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { withAdminConnection } from './admin-connection.ts';
import { createPool } from './create-pool.ts';
import { constraintName, sqlState } from './sql-state.ts';
import { makeScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';
import { withTransaction } from './with-transaction.ts';

let database: ScratchDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await makeScratchDatabase();
  await withAdminConnection(database.adminConnectionString, (client) =>
    client.query(
      `CREATE TABLE ${database.first}.accounts (
         id int CONSTRAINT accounts_pkey PRIMARY KEY, amount int8 NOT NULL CONSTRAINT amount_floor CHECK (amount >= 0));
       GRANT ALL ON ${database.first}.accounts TO ${database.first}`,
    ),
  );
  pool = createPool({ connectionString: database.connectionString(database.first), name: 'transaction-test', max: 8 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('DELETE FROM accounts');
  await pool.query('INSERT INTO accounts VALUES (1, 100), (2, 100)');
});

async function amounts(): Promise<bigint[]> {
  const { rows } = await pool.query<{ amount: bigint }>('SELECT amount FROM accounts ORDER BY id');
  return rows.map((row) => row.amount);
}

function add(client: PoolClient, id: number, amount: bigint) {
  return client.query('UPDATE accounts SET amount = amount + $2 WHERE id = $1', [id, amount]);
}

/** Opens when `count` callers have arrived; later ones pass at once. */
function meeting(count: number): () => Promise<void> {
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= count) open();
    return opened;
  };
}

test('what the work returns is returned, and what it wrote is committed', async () => {
  const result = await withTransaction(pool, async (client) => {
    await add(client, 1, 5n);
    return 'done';
  });
  expect(result).toBe('done');
  expect(await amounts()).toEqual([105n, 100n]);
});

test('two transactions that deadlock both succeed, each exactly once', async () => {
  const meet = meeting(2);
  const states: (string | undefined)[] = [];
  const move = (from: number, to: number) =>
    withTransaction(pool, async (client) => {
      await add(client, from, -10n);
      await meet();
      await add(client, to, 10n).catch((error: unknown) => {
        states.push(sqlState(error));
        throw error;
      });
    });
  await Promise.all([move(1, 2), move(2, 1)]);
  expect(states).toEqual(['40P01']);
  expect(await amounts()).toEqual([100n, 100n]);
});

test('a serialization failure runs the whole work again', async () => {
  let attempts = 0;
  await withTransaction(pool, async (client) => {
    attempts += 1;
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await client.query('SELECT amount FROM accounts WHERE id = 1');
    if (attempts === 1) await pool.query('UPDATE accounts SET amount = 7 WHERE id = 1');
    await add(client, 1, 1n);
  });
  expect(attempts).toBe(2);
  expect(await amounts()).toEqual([8n, 100n]);
});

test('a lock that another holds too long is waited for again, until it is free', async () => {
  const holder = await pool.connect();
  await holder.query('BEGIN');
  await add(holder, 1, 1n);
  let attempts = 0;
  await withTransaction(pool, async (client) => {
    attempts += 1;
    if (attempts === 2) await holder.query('COMMIT');
    await client.query("SET LOCAL lock_timeout = '20ms'");
    await add(client, 1, 1n);
  });
  holder.release();
  expect(attempts).toBe(2);
  expect(await amounts()).toEqual([102n, 100n]);
});

test('a broken rule is no passing refusal: it is thrown at once, named, and nothing stays', async () => {
  let attempts = 0;
  const work = withTransaction(pool, async (client) => {
    attempts += 1;
    await add(client, 2, 50n);
    await add(client, 1, -101n);
  });
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(attempts).toBe(1);
  expect(constraintName(error)).toBe('amount_floor');
  expect(await amounts()).toEqual([100n, 100n]);
});

test('work that overlooks a failed statement does not pass for committed', async () => {
  const work = withTransaction(pool, async (client) => {
    await add(client, 2, 50n);
    await Promise.allSettled([add(client, 1, -101n)]);
  });
  await expect(work).rejects.toThrow('rolled back');
  expect(await amounts()).toEqual([100n, 100n]);
});

test('a connection that broke is thrown away, a good one is kept', async () => {
  const lonely = createPool({ connectionString: database.connectionString(database.first), name: 'lonely', max: 1 });
  await expect(withTransaction(lonely, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(lonely.totalCount).toBe(1);
  await expect(
    withTransaction(lonely, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())')),
  ).rejects.toMatchObject({ code: '57P01' });
  expect(lonely.totalCount).toBe(0);
  expect(await withTransaction(lonely, async (client) => (await client.query('SELECT 1 AS alive')).rows)).toEqual([
    { alive: 1 },
  ]);
  await lonely.end();
});
