import { createLogger } from '@localplus/logging';
import type { EventBus } from '../event-bus.ts';
import type { JsonObject } from '../json.ts';
import { createPostgresEventBus } from '../postgres/create-postgres-event-bus.ts';
import type { TopicDeclaration } from '../topics.ts';

/** Opens a bus for the contract suite, also in a process that the suite starts. */
export function openBus(settings: JsonObject, topics: readonly TopicDeclaration[]): Promise<EventBus> {
  const connectionString = String(settings.connectionString);
  const logger = createLogger('contract').child({}, { level: 'fatal' });
  return createPostgresEventBus({ connectionString, name: 'contract', logger, topics });
}
