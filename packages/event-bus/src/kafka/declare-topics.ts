import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { TopicDeclaration } from '../topics.ts';
import { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
import { tellsOfStaleKnowledge } from './kafka-error.ts';
import {
  DEAD_LETTER_BYTES_MAX,
  IN_SYNC_REPLICAS_MIN,
  REPLICATION_FACTOR_MAX,
  TOPIC_POLL_MS,
  TOPIC_READY_LIMIT_MS,
} from './limits.ts';

/** Whether topics that are missing are created, or are an error: where somebody else administers the cluster. */
export type TopicPolicy = 'create' | 'check';

/**
 * Sees to it that the declared topics, and the one of dead letters, exist as declared and have leaders.
 * @param replicationFactor of topics that are created; as many as there are brokers, three at most, unless told
 * @throws Error when a topic is missing and may not be created, or has another number of partitions or another cleanup
 */
export async function declareTopics(
  admin: Admin,
  topics: readonly TopicDeclaration[],
  policy: TopicPolicy,
  replicationFactor?: number,
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const wanted = await asConfigs(admin, topics, replicationFactor);
  const missing = wanted.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0 && policy === 'check') {
    const names = missing.map(({ topic }) => topic).join(', ');
    throw new Error(`Kafka has no topic ${names}, and creating topics is switched off`);
  }
  // Waiting for leaders here fails on a broker that has not yet heard of the topic; it is done below.
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: false });
  await comparePartitions(admin, wanted);
  await compareCleanup(
    admin,
    wanted.filter(({ topic }) => existing.has(topic)),
  );
}

async function asConfigs(
  admin: Admin,
  topics: readonly TopicDeclaration[],
  wantedFactor: number | undefined,
): Promise<ITopicConfig[]> {
  const { brokers } = await admin.describeCluster();
  const replicationFactor = wantedFactor ?? Math.min(brokers.length, REPLICATION_FACTOR_MAX);
  const minInSync = String(Math.min(replicationFactor, IN_SYNC_REPLICAS_MIN));
  const declared = topics.map(({ name, partitions, cleanup, retentionMs }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: [
      { name: 'cleanup.policy', value: cleanup },
      { name: 'retention.ms', value: String(retentionMs) },
      { name: 'min.insync.replicas', value: minInSync },
    ],
  }));
  const deadLetters = {
    topic: DEAD_LETTER_TOPIC,
    numPartitions: 1,
    replicationFactor,
    // Kept until somebody looks; a letter that was stored twice has the same key.
    configEntries: [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'max.message.bytes', value: String(DEAD_LETTER_BYTES_MAX) },
      { name: 'min.insync.replicas', value: minInSync },
    ],
  };
  return [...declared, deadLetters];
}

/** Waits until each topic has all its partitions, each with a leader. */
async function comparePartitions(admin: Admin, wanted: readonly ITopicConfig[]): Promise<void> {
  const givesUpAt = performance.now() + TOPIC_READY_LIMIT_MS;
  for (;;) {
    const partitions = await readPartitions(admin, wanted);
    for (const { topic, numPartitions } of wanted) {
      const found = partitions?.get(topic)?.length ?? numPartitions;
      if (found === numPartitions) continue;
      throw new Error(`topic ${topic} has ${found} partitions, not the ${numPartitions} declared: its keys would move`);
    }
    if (partitions && [...partitions.values()].flat().every((leader) => leader >= 0)) return;
    if (performance.now() > givesUpAt) throw new Error(`after ${TOPIC_READY_LIMIT_MS} ms a topic still has no leader`);
    await pause(TOPIC_POLL_MS);
  }
}

/** The leaders of each topic's partitions; undefined when the broker asked does not know all topics yet. */
async function readPartitions(
  admin: Admin,
  wanted: readonly ITopicConfig[],
): Promise<Map<string, number[]> | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
    return new Map(topics.map(({ name, partitions }) => [name, partitions.map(({ leader }) => leader)]));
  } catch (error) {
    if (!tellsOfStaleKnowledge(error)) throw error;
    return undefined;
  }
}

/** A topic that should keep the newest record of each key and deletes by age instead would lose what others rely on. */
async function compareCleanup(admin: Admin, existing: readonly ITopicConfig[]): Promise<void> {
  if (existing.length === 0) return;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    // ConfigResourceTypes.TOPIC; the enum is not there when types are stripped.
    resources: existing.map(({ topic }) => ({ type: 2, name: topic, configNames: ['cleanup.policy'] })),
  });
  for (const { topic, configEntries = [] } of existing) {
    const found = resources.find(({ resourceName }) => resourceName === topic)?.configEntries[0]?.configValue;
    const declared = configEntries.find(({ name }) => name === 'cleanup.policy')?.value;
    if (found && found !== declared) throw new Error(`topic ${topic} has cleanup.policy ${found}, not ${declared}`);
  }
}
