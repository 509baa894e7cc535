import { parseArgs } from 'node:util';
import { runProcess } from '@localplus/lifecycle';
import { type KafkaNode, PortTakenError, startLocalKafka, startLocalKafkaCluster } from '@localplus/local-kafka';
import { createLogger } from '@localplus/logging';
import { readSettings } from './src/installation/settings.ts';
import { stateDirectory } from './src/installation/state-directory.ts';

// Stands between the supervisor, or a terminal, and Kafka, which knows nothing of either: it ends with the one and with the other.
const logger = createLogger('kafka');

/** Each node has a port for clients and one for the other nodes. */
const portsPerNode = 2;

/** @throws Error in one line when the command line asks for anything but one node, or three */
function readNodes(parameters: readonly string[]): number {
  const args = parameters.filter((it) => it !== '--');
  const { values } = parseArgs({ args, options: { nodes: { type: 'string', default: '1' } } });
  if (values.nodes !== '1' && values.nodes !== '3') throw new Error('--nodes must be 1 or 3');
  return Number(values.nodes);
}

async function start() {
  const nodes = readNodes(process.argv.slice(2));
  const { KAFKA_PORT, KAFKA_CONTROLLER_PORT, LOCALPLUS_STATE_DIRECTORY } = readSettings(process.env);
  const { kafkaFolder, kafkaClusterFolder } = stateDirectory(LOCALPLUS_STATE_DIRECTORY);
  try {
    if (nodes > 1) return await startCluster(nodes, kafkaClusterFolder, KAFKA_PORT, KAFKA_CONTROLLER_PORT);
    const broker = await startLocalKafka({
      dataDirectory: kafkaFolder,
      port: KAFKA_PORT,
      controllerPort: KAFKA_CONTROLLER_PORT,
      logger,
    });
    endWith(broker);
    process.send?.({ type: 'stands-for', pid: broker.pid, immediateStop: 'SIGKILL' });
    announce([broker.address]);
    return broker;
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    throw new Error(`${error.message}: set KAFKA_PORT and KAFKA_CONTROLLER_PORT to free ports`, { cause: error });
  }
}

async function startCluster(count: number, dataDirectory: string, firstPort: number, firstControllerPort: number) {
  const nodes = Array.from({ length: count }, (_, index) => ({
    port: firstPort + index * portsPerNode,
    controllerPort: firstControllerPort + index * portsPerNode,
  }));
  const cluster = await startLocalKafkaCluster({ dataDirectory, nodes, logger });
  for (const node of cluster.nodes) endWith(node);
  announce(cluster.brokers);
  return cluster;
}

function endWith(node: KafkaNode): void {
  node.onExit(({ code, signal }) => {
    logger.error({ code, signal }, 'Kafka has ended');
    process.stderr.write(`Kafka at ${node.address} has ended (${signal ?? `exit code ${code}`})\n`);
    process.exit(1);
  });
}

function announce(brokers: readonly string[]): void {
  process.stdout.write(`Kafka is ready at ${brokers.join(',')}\n`);
}

await runProcess({ logger, start });
