import type { EventBus } from '@localplus/event-bus';
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

/** Opens a bus with the topic of the outbox's tests. */
export function openBus(address: BusAddress): Promise<EventBus> {
  const logger = quietLogger();
  if ('brokers' in address) {
    const connection = { brokers: [...address.brokers], clientId: 'proof' };
    return createKafkaEventBus({ connection, logger, topics: testTopics });
  }
  return createPostgresEventBus({ ...address, name: 'proof', logger, topics: testTopics });
}
