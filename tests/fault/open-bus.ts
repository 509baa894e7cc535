import type { EventBus, TopicDeclaration } from '@localplus/event-bus';
import { createKafkaEventBus } from '@localplus/event-bus/kafka';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { createLogger, type Logger } from '@localplus/logging';
import { testTopics } from '@localplus/outbox/testing';

/** Where a proof finds its bus: on Kafka, or embedded in a database. */
export type BusAddress = { readonly brokers: readonly string[] } | { readonly connectionString: string };

/** What a proof's own processes log: outages that the proof itself makes are no news. */
export function quietLogger(): Logger {
  return createLogger('proof').child({}, { level: process.env.LOCALPLUS_FAULT_LOG_LEVEL ?? 'fatal' });
}

/** Opens a bus. @param topics the one of the outbox's tests unless told */
export function openBus(address: BusAddress, topics: readonly TopicDeclaration[] = testTopics): Promise<EventBus> {
  const logger = quietLogger();
  if ('brokers' in address) {
    const connection = { brokers: [...address.brokers], clientId: 'proof' };
    return createKafkaEventBus({ connection, logger, topics });
  }
  return createPostgresEventBus({ ...address, name: 'proof', logger, topics });
}
