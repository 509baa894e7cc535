import { resolve } from 'node:path';
import { createLogger, type Logger } from '@localplus/logging';
import { newClusterId } from './cluster-id.ts';
import { type KafkaNode, startNode } from './kafka-node.ts';
import type { ExtraListener } from './server-properties.ts';

export type LocalKafkaSettings = {
  /** Where log and settings are kept; made when missing. */
  readonly dataDirectory: string;
  /** Of 127.0.0.1, for clients. */
  readonly port: number;
  /** The controller's; the port after `port` unless told. */
  readonly controllerPort?: number;
  /** More of the broker's own settings, for instance `log.cleaner.backoff.ms`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Beside the open one on `port`. */
  readonly extraListeners?: readonly ExtraListener[];
  /** Users and passwords for listeners with SCRAM-SHA-512, made when the log is new. */
  readonly users?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
};

/**
 * Starts Apache Kafka, one node on 127.0.0.1 without encryption or passwords, and waits until it accepts connections. Its
 * output stands in `broker.log` beside the data. It ends with this process.
 * @throws MissingToolError without Java or Maven, PortTakenError, or an error with the broker's own last words
 */
export function startLocalKafka(settings: LocalKafkaSettings): Promise<KafkaNode> {
  const { dataDirectory, port, controllerPort = port + 1, logger = createLogger('local-kafka') } = settings;
  return startNode({
    ...settings,
    directory: resolve(dataDirectory),
    controllerPort,
    clusterId: newClusterId(),
    logger,
  });
}
