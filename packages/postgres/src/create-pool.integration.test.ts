import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { withAdminConnection } from './admin-connection.ts';
import { createPool } from './create-pool.ts';
import { makeScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';

let database: ScratchDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await makeScratchDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  pool = createPool({ connectionString: database.connectionString(database.first), name: 'pool-test', max: 2 });
});
afterEach(() => pool.end());

async function endConnections(): Promise<void> {
  await withAdminConnection(database.adminConnectionString, (client) =>
    client.query(
      `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = 'pool-test' AND datname = $1`,
      [database.databaseName],
    ),
  );
}

test('an amount above 2^53 comes out as it went in', async () => {
  const amount = 9_223_372_036_854_775_807n;
  const { rows } = await pool.query(
    `SELECT $1::int8 AS amount, ARRAY[$1, NULL, -1]::int8[] AS amounts, '{}'::int8[] AS none,
            count(*) AS count, 1.10::numeric AS ratio, 7::int4 AS small, NULL::int8 AS nothing`,
    [amount],
  );
  expect(rows[0]).toEqual({
    amount,
    amounts: [amount, null, -1n],
    none: [],
    count: 1n,
    ratio: '1.10',
    small: 7,
    nothing: null,
  });
});

test('amounts go in as arrays of bigint, too', async () => {
  const { rows } = await pool.query('SELECT sum(part)::int8 AS sum FROM unnest($1::int8[]) AS part', [[1n, 2n ** 60n]]);
  expect(rows[0].sum).toBe(2n ** 60n + 1n);
});

test('every connection has its limits and says whose it is', async () => {
  const { rows } = await pool.query(
    `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement,
            current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('application_name') AS name`,
  );
  expect(rows[0]).toEqual({ lock: '2s', statement: '5s', idle: '10s', name: 'pool-test' });
});

test('a statement that takes longer than its limit is ended by the server', async () => {
  const impatient = createPool({
    connectionString: database.connectionString(database.first),
    name: 'pool-test',
    max: 1,
    statementTimeoutMs: 50,
  });
  await expect(impatient.query('SELECT pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
  await impatient.end();
});

test('a pool whose idle connections were cut off opens new ones', async () => {
  await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 1')]);
  await endConnections();
  await expect.poll(() => pool.totalCount).toBe(0);
  const { rows } = await pool.query('SELECT 1 AS alive');
  expect(rows[0].alive).toBe(1);
});

test('a connection that is cut off between two statements fails the next one, not the process', async () => {
  const client = await pool.connect();
  await client.query('BEGIN');
  const cut = new Promise((resolve) => client.once('end', resolve));
  await endConnections();
  await cut;
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  expect(pool.totalCount).toBe(0);
});
