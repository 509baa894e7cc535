import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { withAdminConnection } from './admin-connection.ts';
import { migrate } from './migrate.ts';
import { makeScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';

let database: ScratchDatabase;
let directory = '';

beforeAll(async () => {
  database = await makeScratchDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'localplus-migrate-'));
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await asAdmin(
    `DROP SCHEMA ${database.first} CASCADE; CREATE SCHEMA ${database.first} AUTHORIZATION ${database.first}_owner`,
  );
});

function write(name: string, sql: string): void {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, 'migration.sql'), sql);
}

function run(): Promise<string[]> {
  const { first: schema } = database;
  const connectionString = database.adminConnectionString;
  return migrate({ connectionString, schema, ownerRole: `${schema}_owner`, directory });
}

function asAdmin(sql: string) {
  return withAdminConnection(database.adminConnectionString, async (client) => (await client.query(sql)).rows);
}

function recorded() {
  return asAdmin(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS undone,
            logs, applied_steps_count AS steps FROM ${database.first}._prisma_migrations ORDER BY started_at`,
  );
}

test('migrations apply in order as the owner, once, and are recorded as Prisma records them', async () => {
  const create = 'CREATE TABLE things (id int);';
  write('20260102000000_fill', 'INSERT INTO things VALUES (1);');
  write('20260101000000_create', create);
  expect(await run()).toEqual(['20260101000000_create', '20260102000000_fill']);
  expect(await run()).toEqual([]);
  const rows = await recorded();
  expect(rows[0]).toEqual({
    name: '20260101000000_create',
    checksum: createHash('sha256').update(create).digest('hex'),
    finished: true,
    undone: false,
    logs: null,
    steps: 1,
  });
  const owners = await asAdmin(
    `SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = '${database.first}'`,
  );
  expect(owners).toEqual([{ owner: `${database.first}_owner` }]);
});

test('of several that start at once one applies, the others apply nothing', async () => {
  write('1_slow', 'CREATE TABLE things (id int); SELECT pg_sleep(0.2);');
  write('2_index', 'CREATE INDEX CONCURRENTLY things_id ON things (id)');
  const applied = await Promise.all([run(), run(), run(), run()]);
  expect(applied.flat()).toEqual(['1_slow', '2_index']);
  expect(await recorded()).toHaveLength(2);
});

test('the body of a function may hold semicolons and its own blocks', async () => {
  write(
    '1_function',
    `-- a comment; with a semicolon
     CREATE FUNCTION twice(value int8) RETURNS int8 LANGUAGE plpgsql AS $$
     BEGIN
       IF value < 0 THEN RAISE EXCEPTION 'negative;'; END IF;
       RETURN value * 2;
     END;
     $$;
     DO $body$ BEGIN PERFORM twice(1); END $body$;`,
  );
  await run();
  expect(await asAdmin(`SELECT ${database.first}.twice(21)::int AS result`)).toEqual([{ result: 42 }]);
});

test('a migration that was edited after it was applied stops everything', async () => {
  write('1_create', 'CREATE TABLE things (id int);');
  await run();
  write('1_create', 'CREATE TABLE things (id int8);');
  write('2_more', 'CREATE TABLE more (id int);');
  await expect(run()).rejects.toThrow(/1_create of schema .* was edited after it was applied/);
  expect(await recorded()).toHaveLength(1);
});

test('a migration that fails leaves nothing, says why, and runs again once it is repaired', async () => {
  write('1_create', 'CREATE TABLE things (id int);');
  write('2_wrong', 'CREATE TABLE half (id int); SELECT nothing_of_the_kind();');
  write('3_later', 'CREATE TABLE later (id int);');
  await expect(run()).rejects.toThrow(/2_wrong of schema .* failed: .*nothing_of_the_kind/);
  expect(await recorded()).toMatchObject([
    { name: '1_create', finished: true },
    { name: '2_wrong', finished: false, undone: true, logs: expect.stringContaining('nothing_of_the_kind') },
  ]);
  const tables = await asAdmin(`SELECT to_regclass('${database.first}.half') AS half`);
  expect(tables).toEqual([{ half: null }]);

  write('2_wrong', 'CREATE TABLE half (id int);');
  expect(await run()).toEqual(['2_wrong', '3_later']);
});

test('a migration that another tool left failed stops everything until it is cleared', async () => {
  write('1_create', 'CREATE TABLE things (id int);');
  await run();
  await asAdmin(`UPDATE ${database.first}._prisma_migrations SET finished_at = NULL`);
  await expect(run()).rejects.toThrow(/1_create of schema .* failed earlier/);
});

test('an index is built CONCURRENTLY outside a transaction, and one that fails blocks what follows', async () => {
  write('1_create', 'CREATE TABLE things (id int); INSERT INTO things VALUES (1), (1);');
  write(
    '2_index',
    '-- CREATE INDEX CONCURRENTLY stands alone; always\nCREATE INDEX CONCURRENTLY things_id ON things (id);\n',
  );
  expect(await run()).toEqual(['1_create', '2_index']);
  write('3_unique', 'CREATE UNIQUE INDEX CONCURRENTLY things_unique ON things (id)');
  await expect(run()).rejects.toThrow(/3_unique of schema .* failed: could not create unique index/);
  await expect(run()).rejects.toThrow(/3_unique of schema .* failed earlier and may have left something behind/);
});

test('an index built CONCURRENTLY among other statements is refused before anything runs', async () => {
  write('1_create', 'CREATE TABLE things (id int); CREATE INDEX CONCURRENTLY things_id ON things (id);');
  await expect(run()).rejects.toThrow('1_create: an index built CONCURRENTLY must stand alone');
});

test('a migration cannot end the transaction that it runs in unnoticed', async () => {
  write('1_commit', 'CREATE TABLE things (id int); COMMIT; BEGIN;');
  await expect(run()).rejects.toThrow(/must not end its transaction/);
});

test('a folder without a file is no migration', async () => {
  mkdirSync(join(directory, '1_begun'));
  writeFileSync(join(directory, 'migration_lock.toml'), 'provider = "postgresql"');
  expect(await run()).toEqual([]);
});
