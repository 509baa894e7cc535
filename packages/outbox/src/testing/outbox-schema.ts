import { readFileSync } from 'node:fs';
import { createPool, withTransaction } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import type { Pool, PoolClient } from 'pg';
import { appendToOutbox } from '../append-to-outbox.ts';

/** A publishing schema with aggregates, whose tables are made from the README's own templates. */
export type OutboxSchema = {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly schema: string;
  /** Raises an aggregate's version and appends the event, as a command does. Returns the version, once it is committed. */
  change(aggregate: string, beforeCommit?: () => Promise<void>): Promise<bigint>;
  close(): Promise<void>;
};

/** A dozen writers, a publisher, and those who look on. */
const connectionsMax = 20;

export const testTopic = 'outbox-test.changed.v1';

export const testTopics = [
  { name: testTopic, partitions: 4, cleanup: 'delete', retentionMs: 3_600_000, schema: {} },
] as const;

export async function createOutboxSchema(): Promise<OutboxSchema> {
  const database = await createTestDatabase();
  const schema = 'outbox_test';
  const admin = createPool({ connectionString: database.adminConnectionString, name: 'outbox test', max: 1 });
  await admin.query(`create schema ${schema} authorization bus; alter role bus in database
    ${new URL(database.adminConnectionString).pathname.slice(1)} set search_path = ${schema}, bus`);
  await admin.end();
  const pool = createPool({
    connectionString: database.connectionString('bus'),
    name: 'outbox test',
    max: connectionsMax,
  });
  for (const template of templates()) await pool.query(template);
  await pool.query('create table aggregates (id text primary key, version bigint not null)');
  return {
    database,
    pool,
    schema,
    change: (aggregate, beforeCommit) =>
      withTransaction(pool, async (client) => {
        const version = await raiseAndAppend(client, aggregate);
        await beforeCommit?.();
        return version;
      }),
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

async function raiseAndAppend(client: PoolClient, aggregate: string): Promise<bigint> {
  const { rows } = await client.query<{ version: bigint }>(
    `insert into aggregates values ($1, 1)
     on conflict (id) do update set version = aggregates.version + 1 returning version`,
    [aggregate],
  );
  const aggregateVersion = rows[0]?.version ?? 0n;
  await appendToOutbox(client, [
    { topic: testTopic, key: aggregate, aggregateVersion, value: { version: aggregateVersion.toString() } },
  ]);
  return aggregateVersion;
}

/** The tables of the README, as a subgraph's migration copies them. */
function templates(): string[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql.replaceAll('<role>', 'bus'));
}
