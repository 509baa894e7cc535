import type { Logger } from '@localplus/logging';
import type { EventBus } from '../event-bus.ts';
import { createKafkaEventBus, type Watchdog } from '../kafka/index.ts';
import { createPostgresEventBus } from '../postgres/index.ts';
import type { EventBusAddress } from './event-bus-address.ts';

/** What a process brings to its bus. */
export type EventBusUser = {
  /** The process, as the servers show it: `wallet`. */
  readonly name: string;
  readonly logger: Logger;
  /** Hears of consumers that stand still. */
  readonly watchdog?: Watchdog;
};

/**
 * Opens the bus that is configured, and no other.
 * @throws Error with one line that says what is wrong, when it cannot be reached, refuses us, or its topics are not as declared
 */
export function openEventBus(address: EventBusAddress, { name, logger, watchdog }: EventBusUser): Promise<EventBus> {
  const { validateOnPublish } = address;
  if (address.kind === 'postgres') {
    const { connectionString } = address;
    return createPostgresEventBus({ connectionString, name: `${name} event bus`, logger, validateOnPublish });
  }
  const { connection, topicPolicy, replicationFactor } = address;
  return createKafkaEventBus({
    connection: { ...connection, clientId: name },
    logger,
    topicPolicy,
    replicationFactor,
    validateOnPublish,
    watchdog,
  });
}
