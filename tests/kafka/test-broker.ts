import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts, type KafkaNode, type LocalKafkaSettings, startLocalKafka } from '@localplus/local-kafka';
import { createLogger } from '@localplus/logging';

/** A broker of a test's own, in a folder of its own, that can be restarted. */
export type TestBroker = {
  /** `host:port` */
  readonly address: string;
  /** Ends it in order and starts it again on the same log and port. */
  restart(): Promise<void>;
  /** Kills it as a power cut does. The log stays. */
  kill(): Promise<void>;
  /** Starts it again on the same log and port. */
  start(): Promise<void>;
  /** Ends it and removes its log. */
  remove(): Promise<void>;
};

/** Starts a broker. @param more for `startLocalKafka` */
export async function startTestBroker(
  more: Pick<LocalKafkaSettings, 'settings' | 'users' | 'extraListeners'> = {},
): Promise<TestBroker> {
  const [port = 0, controllerPort = 0] = await findFreePorts(2);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'localplus-kafka-'));
  const logger = createLogger('test broker').child({}, { level: 'warn' });
  const start = (): Promise<KafkaNode> => startLocalKafka({ dataDirectory, port, controllerPort, logger, ...more });
  let broker = await start();
  return {
    address: `127.0.0.1:${port}`,
    restart: async () => {
      await broker.stop();
      broker = await start();
    },
    kill: () => broker.kill(),
    start: async () => {
      broker = await start();
    },
    remove: async () => {
      await broker.stop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}
