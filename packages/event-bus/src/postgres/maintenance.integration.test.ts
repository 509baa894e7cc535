import { createLogger } from '@localplus/logging';
import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloudEventHeaders } from '../cloud-event-headers.ts';
import type { EventBus } from '../event-bus.ts';
import { createPostgresEventBus } from './create-postgres-event-bus.ts';
import { maintain } from './maintenance.ts';

const hourMs = 3_600_000;
const declaration = { partitions: 2, retentionMs: hourMs, schema: {} };
const topics = [
  { ...declaration, name: 'kept', cleanup: 'delete' },
  { ...declaration, name: 'compacted', cleanup: 'compact' },
] as const;

describe('maintenance of the embedded bus', () => {
  let database: TestDatabase;
  let pool: Pool;
  let bus: EventBus;

  beforeAll(async () => {
    database = await createTestDatabase();
    const connectionString = database.connectionString('bus');
    pool = createPool({ connectionString, name: 'maintenance test', max: 2 });
    bus = await createPostgresEventBus({ connectionString, name: 'test', logger: createLogger('test'), topics });
  });
  afterAll(async () => {
    await bus.close();
    await pool.end();
    await database.drop();
  });

  async function publish(topic: string, key: string, value: number): Promise<void> {
    const headers = cloudEventHeaders({ id: `evt_${value}`, type: topic, source: '/test', time: new Date() });
    await bus.publish([{ topic, key, value, headers }]);
  }

  async function stored(topic: string): Promise<string[]> {
    const { rows } = await pool.query<{ value: string }>(
      `select value from records r join partitions p on p.id = r.partition_id
       where p.topic = $1 order by value::int`,
      [topic],
    );
    return rows.map(({ value }) => value);
  }

  async function age(ms: number): Promise<void> {
    const admin = createPool({ connectionString: database.adminConnectionString, name: 'clock', max: 1 });
    await admin.query(`update bus.records set recorded_at = recorded_at - $1::integer * interval '1 ms'`, [ms]);
    await admin.end();
  }

  test('records are kept for their retention and no longer; compacted topics keep the newest of each key for ever', async () => {
    for (const n of [0, 1, 2, 3]) await publish('kept', `key-${n % 2}`, n);
    for (const n of [0, 1, 2, 3, 4]) await publish('compacted', `key-${n % 2}`, n);
    await age(2 * hourMs);
    for (const n of [10, 11]) await publish('kept', `key-${n % 2}`, n);
    await publish('compacted', 'key-0', 5);
    await maintain(pool);
    expect(await stored('kept')).toEqual(['10', '11']);
    expect(await stored('compacted')).toEqual(['3', '5']);
    await publish('compacted', 'key-1', 6);
    await maintain(pool);
    expect(await stored('compacted')).toEqual(['5', '6']);
  });

  test('while another process is at it, nothing is done twice, and nobody waits', async () => {
    const other = await pool.connect();
    try {
      await other.query('begin');
      await other.query(`select pg_advisory_xact_lock(hashtextextended('bus maintenance', 0))`);
      await publish('compacted', 'key-1', 7);
      await maintain(pool);
      expect(await stored('compacted')).toEqual(['5', '6', '7']);
    } finally {
      await other.query('rollback');
      other.release();
    }
  });

  test('the role of the bus can neither rewrite nor empty its log, nor touch its shape', async () => {
    await expect(pool.query(`update records set value = '0'`)).rejects.toThrow(/permission denied/);
    await expect(pool.query('truncate records')).rejects.toThrow(/permission denied/);
    await expect(pool.query('drop table records')).rejects.toThrow(/must be owner/);
  });
});
