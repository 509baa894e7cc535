import { createLogger } from '@localplus/logging';
import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Listener } from './listener.ts';
import { declareTopics, type TopicCatalog } from './topic-catalog.ts';

const logger = createLogger('listener test').child({}, { level: 'silent' });
const long = `localplus.${'a'.repeat(60)}`;
const names = ['followed', 'other', `${long}.v1`, `${long}.v2`];

let database: TestDatabase;
let pool: Pool;
let catalog: TopicCatalog;
let listener: Listener;
let heard: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('bus'), name: 'listener test', max: 2 });
  catalog = await declareTopics(
    pool,
    names.map((name) => ({ name, partitions: 2, cleanup: 'delete', retentionMs: 3_600_000, schema: {} })),
  );
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  heard = [];
  listener = await Listener.open({ connectionString: database.connectionString('bus'), name: 'listener test', logger });
  listener.on('records', (topic, partitions) => heard.push(`${topic} ${partitions.join(',')}`));
});
afterEach(() => listener.close());

async function publish(topic: string, partition: number): Promise<void> {
  const place = catalog.partitionsOf([topic])[partition];
  await pool.query(`select publish(array[$1::integer], array['k'], array['{}'], array['{}'::jsonb])`, [place?.id]);
}

test('an event wakes those who follow its topic, and nobody else', async () => {
  await listener.follow(['followed']);
  await publish('other', 0);
  await publish('followed', 1);
  await vi.waitUntil(() => heard.length > 0);
  expect(heard).toEqual(['followed 1']);
});

test('a topic whose name is longer than a channel is heard, under its own name', async () => {
  await listener.follow([`${long}.v1`]);
  await publish(`${long}.v1`, 0);
  await vi.waitUntil(() => heard.length > 0);
  expect(heard).toEqual([`${long}.v1 0`]);
});

test('a connection that was made again hears what was followed before, and meanwhile', async () => {
  await listener.follow(['followed']);
  const connected = new Promise<void>((resolve) => listener.once('connected', resolve));
  const broken = listener.session;
  await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% listener'`);
  // As soon as can be seen: it is made again within milliseconds.
  await vi.waitUntil(() => listener.session !== broken, { interval: 1 });
  await listener.follow(['other']);
  await connected;
  await publish('followed', 0);
  await publish('other', 0);
  await vi.waitUntil(() => heard.length === 2);
  expect(heard).toEqual(['followed 0', 'other 0']);
});
