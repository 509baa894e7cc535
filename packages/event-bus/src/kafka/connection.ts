import type { Logger } from '@localplus/logging';
import { Kafka, type KafkaConfig, type LogEntry, logLevel } from 'kafkajs';
import {
  CLIENT_RETRIES_MAX,
  CLIENT_RETRY_FIRST_MS,
  CLIENT_RETRY_MAX_MS,
  CONNECTION_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
} from './limits.ts';

/** Where Kafka is, and how one is let in. */
export type KafkaConnection = {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  /** The process, as brokers show it: `wallet`. */
  readonly clientId: string;
  /** Encrypts; brokers must have a certificate for their host name, by `ca` or by an authority that the system trusts. */
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
};

/** PEM texts. `certificate` and `key`, both or none, are the client's own. */
export type KafkaTls = { readonly ca?: string; readonly certificate?: string; readonly key?: string };

/** Who we are. `plain` only over TLS: it sends the password as it is. */
export type KafkaSasl = {
  [Mechanism in 'plain' | 'scram-sha-256' | 'scram-sha-512']: {
    readonly mechanism: Mechanism;
    readonly username: string;
    readonly password: string;
  };
}['plain' | 'scram-sha-256' | 'scram-sha-512'];

/**
 * A client of its own for each use: kafkajs shares the offsets of a group among the consumers of a client.
 */
export function createClient({ brokers, clientId, tls, sasl }: KafkaConnection, logger: Logger): Kafka {
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    authenticationTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: {
      initialRetryTime: CLIENT_RETRY_FIRST_MS,
      maxRetryTime: CLIENT_RETRY_MAX_MS,
      retries: CLIENT_RETRIES_MAX,
    },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => logAs(logger, entry),
  };
  if (tls) config.ssl = { ca: tls.ca, cert: tls.certificate, key: tls.key };
  if (sasl) config.sasl = sasl;
  return new Kafka(config);
}

/** The client logs each attempt; what matters of it reaches our log by the errors and events that we handle. */
function logAs(logger: Logger, { namespace, log }: LogEntry): void {
  const { message, error, broker, topic, partition } = log;
  logger.debug({ namespace, error: String(error ?? ''), broker, topic, partition }, `kafkajs: ${message}`);
}
