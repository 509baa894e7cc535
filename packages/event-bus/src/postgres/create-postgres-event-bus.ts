import type { Logger } from '@localplus/logging';
import { createPool } from '@localplus/postgres';
import type { Pool } from 'pg';
import { encodeEvents } from '../encode-event.ts';
import type { Consumer, EventBus } from '../event-bus.ts';
import { TopicSchemas } from '../topic-schemas.ts';
import { TOPICS, type TopicDeclaration } from '../topics.ts';
import type { BusParts } from './bus-parts.ts';
import { GroupConsumer } from './group-consumer.ts';
import { POOL_SIZE_MAX } from './limits.ts';
import { Listener } from './listener.ts';
import { startMaintenance } from './maintenance.ts';
import { PublishLane } from './publish-lane.ts';
import { consumeAsEveryReplica } from './replica-consumer.ts';
import { declareTopics } from './topic-catalog.ts';

/** How the embedded bus is reached, and what it carries. */
export type PostgresEventBusSettings = {
  /** Of the role `bus`. Not through a pooler that shares sessions: the bus listens. */
  readonly connectionString: string;
  /** The process, as PostgreSQL shows it: `wallet event bus`. */
  readonly name: string;
  readonly logger: Logger;
  /** The platform's topics unless told. */
  readonly topics?: readonly TopicDeclaration[];
  /** Whether values are checked against their schemas before they are stored: in tests and development. */
  readonly validateOnPublish?: boolean;
};

/**
 * Opens the event bus that lives in PostgreSQL, through a pool and a listening connection of its own. Once open it
 * recovers by itself whenever the server was away.
 * @throws when the database cannot be reached, or its topics are not as declared
 */
export async function createPostgresEventBus(settings: PostgresEventBusSettings): Promise<EventBus> {
  const { connectionString, name, logger, topics = TOPICS, validateOnPublish = false } = settings;
  const schemas = new TopicSchemas(topics);
  const pool = createPool({ connectionString, name, max: POOL_SIZE_MAX });
  try {
    const catalog = await declareTopics(pool, topics);
    const listener = await Listener.open({ connectionString, name, logger });
    const logId = await readLogId(pool);
    return openBus({ pool, listener, catalog, schemas, logger }, { validateOnPublish, logId });
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** Of this server and database: a copy that is restored elsewhere has another one. */
async function readLogId(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT format('postgres/%s/%s', s.system_identifier, d.oid) AS id
     FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()`,
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('PostgreSQL does not say which server it is');
  return id;
}

function openBus(
  parts: BusParts,
  { validateOnPublish, logId }: { validateOnPublish: boolean; logId: string },
): EventBus {
  const { pool, listener, catalog, schemas, logger } = parts;
  const lane = new PublishLane(pool, catalog);
  const maintenance = startMaintenance(pool, logger);
  const rules = { topics: catalog.topics, ...(validateOnPublish && { schemas }) };
  const consumers = new Set<Consumer>();
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  const refuseWhenClosed = (): void => {
    if (closing.signal.aborted) throw new Error('the event bus is closed');
  };
  const begin = async (consumption: Promise<Consumer>): Promise<Consumer> => {
    const consumer = await consumption;
    if (closing.signal.aborted) await consumer.close();
    refuseWhenClosed();
    consumers.add(consumer);
    return consumer;
  };
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    await Promise.all([lane.drained(), maintenance.stop()]);
    await listener.close();
    await pool.end();
  };

  return {
    logId,
    publish: async (events) => {
      refuseWhenClosed();
      if (events.length > 0) await lane.publish(encodeEvents(events, rules));
    },
    consumeAsGroup: async (consumption) => {
      refuseWhenClosed();
      return begin(GroupConsumer.join(parts, consumption));
    },
    consumeAsEveryReplica: async (consumption) => {
      refuseWhenClosed();
      return begin(consumeAsEveryReplica(parts, consumption));
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
