import type { Logger } from '@localplus/logging';
import type { TopicSchemas } from '../topic-schemas.ts';
import type { TopicDeclaration } from '../topics.ts';
import type { Administration } from './administration.ts';
import type { KafkaConnection } from './connection.ts';
import type { DeadLetterIndex } from './dead-letter-index.ts';
import type { Publisher } from './publisher.ts';
import type { Watchdog } from './watchdog.ts';

/** What the consumers of a process have in common. */
export type BusParts = {
  readonly connection: KafkaConnection;
  readonly cluster: Administration;
  readonly publisher: Publisher;
  readonly topics: ReadonlyMap<string, TopicDeclaration>;
  readonly schemas: TopicSchemas;
  readonly logger: Logger;
  readonly watchdog?: Watchdog;
  /** Followed from the first call on. */
  readonly deadLetters: () => Promise<DeadLetterIndex>;
};
