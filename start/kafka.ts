import { runProcess } from '@localplus/lifecycle';
import { PortTakenError, startLocalKafka } from '@localplus/local-kafka';
import { createLogger } from '@localplus/logging';
import { loopback } from './src/installation/ports.ts';
import { readSettings } from './src/installation/settings.ts';
import { stateDirectory } from './src/installation/state-directory.ts';

// Stands between the supervisor, or a terminal, and Kafka, which knows nothing of either: it ends with the one and with the other.
const logger = createLogger('kafka');

async function start() {
  const { KAFKA_PORT, KAFKA_CONTROLLER_PORT, LOCALPLUS_STATE_DIRECTORY } = readSettings(process.env);
  try {
    const broker = await startLocalKafka({
      dataDirectory: stateDirectory(LOCALPLUS_STATE_DIRECTORY).kafkaFolder,
      port: KAFKA_PORT,
      controllerPort: KAFKA_CONTROLLER_PORT,
      logger,
    });
    broker.onExit(({ code, signal }) => {
      logger.error({ code, signal }, 'Kafka has ended');
      process.stderr.write(`Kafka has ended (${signal ?? `exit code ${code}`})\n`);
      process.exit(1);
    });
    process.send?.({ type: 'stands-for', pid: broker.pid, immediateStop: 'SIGKILL' });
    process.stdout.write(`Kafka is ready at ${loopback}:${KAFKA_PORT}\n`);
    return broker;
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    throw new Error(`${error.message}: set KAFKA_PORT and KAFKA_CONTROLLER_PORT to free ports`, { cause: error });
  }
}

await runProcess({ logger, start });
