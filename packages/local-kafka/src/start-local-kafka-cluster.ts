import { join, resolve } from 'node:path';
import { createLogger, type Logger } from '@localplus/logging';
import { clusterIdIn } from './cluster-id.ts';
import { kafkaClassPath } from './jars.ts';
import { type KafkaNode, type NodeSettings, startNode } from './kafka-node.ts';

/** Where a node of a cluster listens on 127.0.0.1: for clients, and for the other nodes. */
export type NodePorts = { readonly port: number; readonly controllerPort: number };

export type LocalKafkaClusterSettings = {
  /** Where logs and settings are kept, a folder for each node; made when missing. */
  readonly dataDirectory: string;
  /** As many as there shall be nodes: an odd number. The first is node 1. */
  readonly nodes: readonly NodePorts[];
  /** More of the brokers' own settings. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
};

export type LocalKafkaCluster = {
  /** For clients: `127.0.0.1:<port>` of each node. */
  readonly brokers: readonly string[];
  /** The nodes as they run now; node 1 comes first. */
  readonly nodes: readonly KafkaNode[];
  /** Starts a node that has ended, on its log and ports. @param id from 1 */
  startAgain(id: number): Promise<void>;
  /** Ends all nodes and waits for them. The logs stay. */
  stop(): Promise<void>;
};

/**
 * Starts Apache Kafka, several nodes on 127.0.0.1 that are brokers and controllers at the same time, and waits until each accepts
 * connections. Each node's output stands in its `broker.log`. They end with this process.
 * @throws MissingToolError without Java or Maven, PortTakenError, or an error with a node's own last words
 */
export async function startLocalKafkaCluster(settings: LocalKafkaClusterSettings): Promise<LocalKafkaCluster> {
  const { nodes: ports, settings: more, logger = createLogger('local-kafka') } = settings;
  const directory = resolve(settings.dataDirectory);
  const clusterId = clusterIdIn(directory);
  const voters = ports.map(({ controllerPort }) => controllerPort);
  const plans = ports.map(
    (those, index): NodeSettings => ({
      ...those,
      id: index + 1,
      voters,
      directory: join(directory, `node-${index + 1}`),
      clusterId,
      logger,
      ...(more && { settings: more }),
    }),
  );
  // Once, before several nodes want them.
  await kafkaClassPath(logger);
  const nodes = await startTogether(plans);
  return {
    brokers: nodes.map(({ address }) => address),
    nodes,
    startAgain: async (id) => {
      const plan = plans[id - 1];
      if (!plan) throw new Error(`the cluster has no node ${id}`);
      nodes[id - 1] = await startNode(plan);
    },
    stop: () => stopTogether(nodes),
  };
}

/** None is ready before most of them are. */
async function startTogether(plans: readonly NodeSettings[]): Promise<KafkaNode[]> {
  const outcomes = await Promise.allSettled(plans.map(startNode));
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failure) return started;
  await stopTogether(started);
  throw failure.reason;
}

/** Who takes leave in order asks the controllers. When most of them have gone, the last would ask for ever. */
async function stopTogether([last, ...others]: readonly KafkaNode[]): Promise<void> {
  await Promise.all(others.map((node) => node.stop()));
  await last?.kill();
}
