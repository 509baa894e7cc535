import { afterAll, beforeAll, expect, test } from 'vitest';

import { withAccount, withAdminConnection, withDatabase } from './admin-connection.ts';
import { prepareDatabase } from './prepare-database.ts';
import { makeScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';

let database: ScratchDatabase;

beforeAll(async () => {
  database = await makeScratchDatabase();
  await withAdminConnection(database.adminConnectionString, (client) =>
    client.query(
      `SET ROLE ${database.first}_owner;
       CREATE TABLE ${database.first}.secrets (id int);
       GRANT SELECT ON ${database.first}.secrets TO ${database.first}`,
    ),
  );
});
afterAll(() => database.drop());

function asRole(role: string, sql: string) {
  return withAdminConnection(database.connectionString(role), async (client) => (await client.query(sql)).rows);
}

test('a login role sees its own schema first, and reads what it was granted', async () => {
  expect(await asRole(database.first, `SELECT current_setting('search_path') AS path`)).toEqual([
    { path: database.first },
  ]);
  expect(await asRole(database.first, 'SELECT * FROM secrets')).toEqual([]);
});

test('a day has 24 hours for a login role, wherever the server stands', async () => {
  await withAdminConnection(database.adminConnectionString, (client) =>
    client.query(`ALTER DATABASE ${database.databaseName} SET timezone = 'Europe/Paris'`),
  );
  // In Paris clocks are put forward in the night after it.
  const noon = "timestamptz '2026-03-28 12:00Z'";
  const hours = `SELECT (extract(epoch FROM ${noon} + interval '1 day' - ${noon}) / 3600)::integer AS hours`;
  expect(await asRole(database.first, hours)).toEqual([{ hours: 24 }]);
});

test.each([
  ['read the tables of another', () => `SELECT * FROM ${database.first}.secrets`],
  ['become the owner', () => `SET ROLE ${database.second}_owner`],
  ['make a table in its own schema', () => `CREATE TABLE ${database.second}.mine (id int)`],
  ['make a table in the public schema', () => 'CREATE TABLE public.mine (id int)'],
  ['make a temporary table', () => 'CREATE TEMPORARY TABLE mine (id int)'],
  ['make a schema', () => 'CREATE SCHEMA mine'],
  ['grant itself a table of another', () => `GRANT SELECT ON ${database.first}.secrets TO ${database.second}`],
  ['make a role', () => 'CREATE ROLE mine'],
])('a login role cannot %s', async (_, sql) => {
  await expect(asRole(database.second, sql())).rejects.toMatchObject({ code: '42501' });
});

test('an owner role cannot log in', async () => {
  await expect(asRole(`${database.first}_owner`, 'SELECT 1')).rejects.toThrow();
});

test('a role of another installation cannot connect', async () => {
  const other = await makeScratchDatabase();
  const url = withDatabase(other.connectionString(other.first), database.databaseName);
  await expect(withAdminConnection(url, (client) => client.query('SELECT 1'))).rejects.toMatchObject({ code: '42501' });
  await other.drop();
});

test('several processes prepare at once, and again, and everything stays as it is', async () => {
  await Promise.all([database.prepare(), database.prepare(), database.prepare()]);
  expect(await asRole(database.first, 'SELECT * FROM secrets')).toEqual([]);
});

test('several processes prepare a new database at once', async () => {
  const name = `${database.first}_at_once`;
  const preparation = {
    adminConnectionString: database.serverConnectionString,
    databaseName: name,
    subgraphs: [{ name, password: 'at-once' }],
  };
  await Promise.all([1, 2, 3].map(() => prepareDatabase(preparation)));
  const url = withAccount(withDatabase(database.serverConnectionString, name), name, 'at-once');
  await withAdminConnection(url, (client) => client.query('SELECT 1'));
  await withAdminConnection(database.serverConnectionString, async (client) => {
    await client.query(`DROP DATABASE ${name}`);
    await client.query(`DROP ROLE ${name}, ${name}_owner`);
  });
});

test.each(['"; DROP TABLE x; --', 'Ledger', '', 'a'.repeat(49), '1st'])('%j is no name', async (name) => {
  const preparation = {
    adminConnectionString: database.serverConnectionString,
    databaseName: database.databaseName,
    subgraphs: [{ name, password: 'x' }],
  };
  await expect(prepareDatabase(preparation)).rejects.toThrow('not a usable');
});
