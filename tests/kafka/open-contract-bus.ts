import type { EventBus, JsonObject, TopicDeclaration } from '@localplus/event-bus';
import { createKafkaEventBus } from '@localplus/event-bus/kafka';
import { createLogger } from '@localplus/logging';

/** Opens a bus for the contract suite, also in a process that the suite starts. */
export function openBus(settings: JsonObject, topics: readonly TopicDeclaration[]): Promise<EventBus> {
  const logger = createLogger('contract').child({}, { level: process.env.LOCALPLUS_CONTRACT_LOG_LEVEL ?? 'fatal' });
  const brokers = [String(settings.broker)];
  return createKafkaEventBus({ connection: { brokers, clientId: 'contract' }, logger, topics });
}
