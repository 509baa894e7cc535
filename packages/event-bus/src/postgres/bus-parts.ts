import type { Logger } from '@localplus/logging';
import type { Pool } from 'pg';
import type { TopicSchemas } from '../topic-schemas.ts';
import type { Listener } from './listener.ts';
import type { TopicCatalog } from './topic-catalog.ts';

/** What the consumers of a process have in common. */
export type BusParts = {
  readonly pool: Pool;
  readonly listener: Listener;
  readonly catalog: TopicCatalog;
  readonly schemas: TopicSchemas;
  readonly logger: Logger;
};
