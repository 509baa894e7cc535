import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import type { Pool } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { type ContractHarness, eventBusContract } from '../contract/index.ts';
import { openBus } from '../testing/open-contract-bus.ts';
import { openPostgresDeadLetterOffice } from './dead-letter-office.ts';
import { maintain } from './maintenance.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('bus'), name: 'contract suite', max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

eventBusContract('PostgreSQL', (): ContractHarness => {
  const settings = { connectionString: database.connectionString('bus') };
  return {
    open: (topics) => openBus(settings, topics),
    process: { module: new URL('../testing/open-contract-bus.ts', import.meta.url).href, settings },
    appendRaw: async ({ topic, partition, key, value, headers }) => {
      await pool.query(
        `select publish(array[id], array[$3], array[$4], array[$5::jsonb])
         from partitions where topic = $1 and partition = $2`,
        [topic, partition, key, value, JSON.stringify(headers)],
      );
    },
    openOffice: () => openPostgresDeadLetterOffice(settings.connectionString),
    maintain: () => maintain(pool),
    interrupt: async () => {
      await pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    },
  };
});
