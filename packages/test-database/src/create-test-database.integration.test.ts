import { withAdminConnection } from '@localplus/postgres';
import { afterAll, expect, test } from 'vitest';

import { createTestDatabase, type TestDatabase } from './index.ts';

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

test('databases made at once are apart from each other', async () => {
  const started = performance.now();
  databases.push(...(await Promise.all(Array.from({ length: 4 }, createTestDatabase))));
  console.log('four clones', performance.now() - started);
  const one = performance.now();
  databases.push(await createTestDatabase());
  console.log('one clone', performance.now() - one);
  const names = await Promise.all(
    databases.map((database) =>
      withAdminConnection(database.connectionString('ledger'), async (client) => {
        const { rows } = await client.query(
          'SELECT current_database() AS name, current_user AS role, current_schema() AS path',
        );
        expect(rows[0]).toMatchObject({ role: 'ledger', path: 'ledger' });
        return rows[0].name;
      }),
    ),
  );
  expect(new Set(names).size).toBe(5);
});
