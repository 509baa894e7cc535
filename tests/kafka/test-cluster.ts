import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts, type KafkaNode, type NodePorts, startLocalKafkaCluster } from '@localplus/local-kafka';
import { createLogger } from '@localplus/logging';
import { Kafka, logLevel } from 'kafkajs';
import { expect, vi } from 'vitest';

/** A broker that comes back to a busy machine reads its log first. */
const inSyncLimitMs = 60_000;
/** Answers in a row: a broker that has just come back may tell of the past. */
const inSyncAnswers = 3;

/** Three brokers of a test's own, in a folder of its own. */
export type TestCluster = {
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  /** Kills a broker as a power cut does. @param id 1, 2 or 3 */
  kill(id: number): Promise<void>;
  /** Starts a broker that was killed, on the same log and ports. */
  start(id: number): Promise<void>;
  /** Ends a broker in order and starts it again. */
  restart(id: number): Promise<void>;
  /** Stops a broker's time: its connections stay open, and nothing answers. */
  freeze(id: number): void;
  /** Lets it go on. */
  thaw(id: number): void;
  /** Waits until all brokers have every record of every topic. */
  untilInSync(): Promise<void>;
  /** Ends all and removes their logs. */
  remove(): Promise<void>;
};

/** Starts the cluster. */
export async function startTestCluster(): Promise<TestCluster> {
  const ports = await findFreePorts(6);
  const nodes = Array.from({ length: 3 }, (_, n): NodePorts => {
    const [port = 0, controllerPort = 0] = ports.slice(2 * n);
    return { port, controllerPort };
  });
  const dataDirectory = await mkdtemp(join(tmpdir(), 'localplus-kafka-'));
  const logger = createLogger('test cluster').child({}, { level: 'warn' });
  const cluster = await startLocalKafkaCluster({ dataDirectory, nodes, logger });
  const { brokers } = cluster;
  const node = (id: number): KafkaNode => {
    const found = cluster.nodes[id - 1];
    if (!found) throw new Error(`there is no broker ${id}`);
    return found;
  };
  return {
    brokers,
    kill: (id) => node(id).kill(),
    start: (id) => cluster.startAgain(id),
    restart: async (id) => {
      await node(id).stop();
      await cluster.startAgain(id);
    },
    freeze: (id) => process.kill(node(id).pid, 'SIGSTOP'),
    thaw: (id) => process.kill(node(id).pid, 'SIGCONT'),
    untilInSync: async () => {
      for (let answer = 0; answer < inSyncAnswers; answer += 1) {
        await vi.waitFor(async () => expect(await partitionsOutOfSync(brokers)).toEqual([]), {
          timeout: inSyncLimitMs,
          interval: 200,
        });
      }
    },
    remove: async () => {
      await cluster.stop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

async function partitionsOutOfSync(brokers: readonly string[]): Promise<string[]> {
  const admin = new Kafka({ brokers: [...brokers], clientId: 'test-cluster', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata();
    return topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ isr, replicas, leader }) => isr.length < replicas.length || leader < 0)
        .map(({ partitionId }) => `${name}/${partitionId}`),
    );
  } finally {
    await admin.disconnect();
  }
}
