import { DatabaseError } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAs, type DatabaseConnection } from './platform/database.ts';
import { addMerchant } from './platform/merchants.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import { earn } from './platform/till.ts';

const insufficientPrivilege = '42501';

let platform: Platform;
let administrator: DatabaseConnection;
const logins = new Map<string, DatabaseConnection>();

beforeAll(async () => {
  platform = await startPlatform();
  administrator = await connectAs(platform, 'administrator');
  for (const login of ['ledger', 'wallet', 'merchant', 'bus'] as const)
    logins.set(login, await connectAs(platform, login));
  const merchant = await addMerchant(platform);
  const wallet = await merchant.enroll();
  await earn(platform, merchant.cashier, { walletId: wallet.id, points: 5 });
});
afterAll(async () => {
  await Promise.all([...logins.values()].map((connection) => connection.end()));
  await administrator?.end();
  await platform?.stop();
});

function as(login: string): DatabaseConnection {
  const connection = logins.get(login);
  if (!connection) throw new Error(`There is no connection of ${login}.`);
  return connection;
}

/** The SQLSTATE that a statement fails with; undefined where it succeeds. Whatever it did is undone. */
async function failureOf(login: string, statement: string): Promise<string | undefined> {
  const connection = as(login);
  await connection.query('BEGIN');
  try {
    await connection.query(statement);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError) return error.code;
    throw error;
  } finally {
    await connection.query('ROLLBACK');
  }
}

async function tablesOf(schema: string): Promise<string[]> {
  const { rows } = await administrator.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

describe('a table has one owner', () => {
  test.each([
    ['wallet', 'ledger'],
    ['wallet', 'merchant'],
    ['ledger', 'wallet'],
    ['ledger', 'merchant'],
    ['merchant', 'ledger'],
    ['merchant', 'wallet'],
    ['bus', 'ledger'],
    ['bus', 'wallet'],
    ['bus', 'merchant'],
  ])('the role of %s reads no table of %s', async (login, schema) => {
    const tables = await tablesOf(schema);
    expect(tables.length).toBeGreaterThan(2);
    for (const table of tables) {
      expect([table, await failureOf(login, `SELECT FROM ${table}`)]).toEqual([table, insufficientPrivilege]);
    }
  });
});

describe('a posting stays as it was written', () => {
  const appendOnly = ['ledger.posting', 'ledger.transaction', 'ledger.balance_change'];

  test('there are postings to try it on, and the ledger reads them', async () => {
    for (const table of appendOnly) {
      const { rows } = await as('ledger').query<{ count: bigint | string }>(`SELECT count(*) AS count FROM ${table}`);
      expect(Number(rows[0]?.count)).toBeGreaterThan(0);
    }
  });

  test.each(appendOnly)("the ledger's role changes and deletes nothing in %s", async (table) => {
    const { rows } = await administrator.query<{ column: string }>(
      `SELECT attname AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
      [table],
    );
    expect(rows.length).toBeGreaterThan(3);
    for (const { column } of rows) {
      const statement = `UPDATE ${table} SET "${column}" = "${column}"`;
      expect([statement, await failureOf('ledger', statement)]).toEqual([statement, insufficientPrivilege]);
    }
    for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`, `DROP TABLE ${table} CASCADE`]) {
      expect([statement, await failureOf('ledger', statement)]).toEqual([statement, insufficientPrivilege]);
    }
  });

  test.each([
    'GRANT UPDATE, DELETE ON ledger.posting TO ledger',
    'GRANT ledger_owner TO ledger',
    'SET ROLE ledger_owner',
    'SET SESSION AUTHORIZATION ledger_owner',
    'ALTER TABLE ledger.posting OWNER TO ledger',
    'ALTER TABLE ledger.posting DISABLE TRIGGER ALL',
    'ALTER ROLE ledger SUPERUSER',
    "SET session_replication_role = 'replica'",
    'CREATE TABLE ledger.own (id int)',
    'CREATE TABLE public.own (id int)',
    'CREATE ROLE other',
  ])("the ledger's role cannot give itself the right: %s", async (statement) => {
    const before = await failureOf('ledger', 'DELETE FROM ledger.posting');
    const failure = await failureOf('ledger', statement);
    // A GRANT of what one may not give is a warning in PostgreSQL: what counts is that the right is not there afterwards.
    if (!statement.startsWith('GRANT UPDATE')) expect(failure).toBe(insufficientPrivilege);
    await as('ledger').query('BEGIN');
    if (statement.startsWith('GRANT UPDATE'))
      await as('ledger')
        .query(`SAVEPOINT granted; ${statement}`)
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: insufficientPrivilege });
        });
    await as('ledger').query('ROLLBACK');
    expect([before, await failureOf('ledger', 'DELETE FROM ledger.posting')]).toEqual([
      insufficientPrivilege,
      insufficientPrivilege,
    ]);
  });

  test('not even the owner changes a posting without lifting the lock first', async () => {
    await administrator.query('BEGIN');
    await administrator.query('SET LOCAL ROLE ledger_owner');
    const attempt = administrator.query('DELETE FROM ledger.posting');
    await expect(attempt).rejects.toThrow(DatabaseError);
    await administrator.query('ROLLBACK');
  });
});
