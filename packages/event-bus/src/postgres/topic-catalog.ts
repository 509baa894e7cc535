import { withTransaction } from '@localplus/postgres';
import type { Pool, PoolClient } from 'pg';
import type { TopicDeclaration } from '../topics.ts';

/** A partition and the number that the tables know it by. */
export type CatalogPartition = {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly isCompacted: boolean;
};

/** The declared topics as they stand in the database. */
export type TopicCatalog = {
  readonly topics: ReadonlyMap<string, TopicDeclaration>;
  /**
   * The partitions of topics, in their order.
   * @throws Error when a topic was not declared
   */
  partitionsOf(topics: readonly string[]): readonly CatalogPartition[];
};

/**
 * Creates declared topics that are missing and brings the others up to date.
 * @throws Error when a topic has more partitions than declared: its keys would move
 */
export async function declareTopics(pool: Pool, topics: readonly TopicDeclaration[]): Promise<TopicCatalog> {
  const partitions = await withTransaction(pool, (client) => declareInTransaction(client, topics));
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  for (const { name, partitions: declared } of topics) {
    const existing = byTopic.get(name)?.length ?? 0;
    if (existing > declared)
      throw new Error(`topic ${name} has ${existing} partitions, more than the ${declared} declared`);
  }
  return {
    topics: new Map(topics.map((topic) => [topic.name, topic])),
    partitionsOf: (names) =>
      names.flatMap((name) => {
        const found = byTopic.get(name);
        if (!found) throw new Error(`no topic is named ${name}`);
        return found;
      }),
  };
}

async function declareInTransaction(
  client: PoolClient,
  topics: readonly TopicDeclaration[],
): Promise<CatalogPartition[]> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('bus topics', 0))`);
  const names = topics.map(({ name }) => name);
  await client.query(
    `insert into topics (name, is_compacted, retention_ms)
     select * from unnest($1::text[], $2::boolean[], $3::bigint[])
     on conflict (name) do update set is_compacted = excluded.is_compacted, retention_ms = excluded.retention_ms
     where (topics.is_compacted, topics.retention_ms) is distinct from (excluded.is_compacted, excluded.retention_ms)`,
    [names, topics.map(({ cleanup }) => cleanup === 'compact'), topics.map(({ retentionMs }) => retentionMs)],
  );
  // Not by "on conflict do nothing": that would draw an identity for every existing partition at each start.
  await client.query(
    `insert into partitions (topic, partition)
     select t.name, p.partition
     from unnest($1::text[], $2::integer[]) t (name, partitions)
     cross join lateral generate_series(0, t.partitions - 1) p (partition)
     where not exists (select from partitions e where e.topic = t.name and e.partition = p.partition)`,
    [names, topics.map(({ partitions }) => partitions)],
  );
  const { rows } = await client.query<CatalogPartition>(
    `select p.id, p.topic, p.partition, t.is_compacted as "isCompacted"
     from partitions p join topics t on t.name = p.topic
     where p.topic = any ($1) order by p.topic, p.partition`,
    [names],
  );
  return rows;
}
