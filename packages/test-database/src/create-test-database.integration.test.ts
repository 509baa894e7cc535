import { withAdminConnection } from '@localplus/postgres';
import { afterAll, expect, inject, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from './index.ts';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

test('databases made at once are apart from each other, and each role stands in its own schema', async () => {
  databases.push(...(await Promise.all(Array.from({ length: 4 }, createTestDatabase))));
  const names = await Promise.all(
    databases.map((database) =>
      withAdminConnection(database.connectionString('ledger'), async (client) => {
        const { rows } = await client.query(
          `SELECT current_database() AS name, current_user AS role, current_setting('search_path') AS path`,
        );
        expect(rows[0]).toMatchObject({ role: 'ledger', path: 'ledger' });
        return rows[0].name;
      }),
    ),
  );
  expect(new Set(names).size).toBe(4);
});

test('a database has every migration of every schema', async () => {
  const database = await createTestDatabase();
  databases.push(database);
  await withAdminConnection(database.adminConnectionString, async (client) => {
    const { rows } = await client.query<{ schema: string }>(
      `SELECT schemaname AS schema FROM pg_tables WHERE tablename = '_prisma_migrations'`,
    );
    const schemas = rows.map((row) => row.schema);
    expect(schemas).toContain('ledger');
    expect(inject('localplusTestCluster').roles).toEqual(expect.arrayContaining(schemas));
  });
});

test('a role that the cluster does not have is refused by name', async () => {
  const database = await createTestDatabase();
  databases.push(database);
  expect(() => database.connectionString('stranger')).toThrow('no login role stranger');
});

test('a dropped database is gone, also from under an open connection', async () => {
  const database = await createTestDatabase();
  await withAdminConnection(database.connectionString('wallet'), async (client) => {
    await database.drop();
    await expect(client.query('SELECT 1')).rejects.toThrow();
  });
  await expect(
    withAdminConnection(database.adminConnectionString, (client) => client.query('SELECT 1')),
  ).rejects.toThrow(/does not exist/);
});
