import type { Logger } from '@localplus/logging';
import { encodeEvents } from '../encode-event.ts';
import type { Consumer, EventBus } from '../event-bus.ts';
import { TopicSchemas } from '../topic-schemas.ts';
import { TOPICS, type TopicDeclaration } from '../topics.ts';
import { Administration } from './administration.ts';
import type { BusParts } from './bus-parts.ts';
import type { KafkaConnection } from './connection.ts';
import { DeadLetterIndex } from './dead-letter-index.ts';
import { declareTopics, type TopicPolicy } from './declare-topics.ts';
import { consumeAsGroup } from './group-consumer.ts';
import type { GroupParts } from './group-parts.ts';
import { explainFailedStart } from './kafka-error.ts';
import { PUBLISH_LIMIT_MS } from './limits.ts';
import { Publisher } from './publisher.ts';
import { consumeAsEveryReplica } from './replica-consumer.ts';
import type { Watchdog } from './watchdog.ts';
import { withinLimit } from './within-limit.ts';

/** How Kafka is reached, and what it carries. */
export type KafkaEventBusSettings = {
  readonly connection: KafkaConnection;
  readonly logger: Logger;
  /** The platform's topics unless told. */
  readonly topics?: readonly TopicDeclaration[];
  /** What is done about missing topics; `create` unless told. */
  readonly topicPolicy?: TopicPolicy;
  /** Copies of topics that are created; as many as there are brokers, three at most, unless told. */
  readonly replicationFactor?: number | undefined;
  /** Whether values are checked against their schemas before they are stored: in tests and development. */
  readonly validateOnPublish?: boolean;
  /** Hears of consumers that stand still. They are replaced in any case. */
  readonly watchdog?: Watchdog | undefined;
};

/**
 * Opens the event bus on Kafka. Once open it recovers by itself whenever brokers were away.
 * @throws Error in one line that says what is wrong: unreachable, refused, a certificate, topics that are not as declared
 */
export async function createKafkaEventBus(settings: KafkaEventBusSettings): Promise<EventBus> {
  const { connection, logger, topics = TOPICS, topicPolicy = 'create', validateOnPublish = false, watchdog } = settings;
  const schemas = new TopicSchemas(topics);
  const cluster = await openCluster(connection, logger);
  try {
    await cluster.ask((admin) => declareTopics(admin, topics, topicPolicy, settings.replicationFactor));
    const publisher = await Publisher.open(connection, logger);
    const declared = new Map(topics.map((topic) => [topic.name, topic]));
    const { clusterId } = await cluster.ask((admin) => admin.describeCluster());
    const parts = { connection, cluster, publisher, topics: declared, schemas, logger, watchdog };
    return openBus(parts, { validateOnPublish, logId: `kafka/${clusterId}` });
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function openCluster(connection: KafkaConnection, logger: Logger): Promise<Administration> {
  try {
    return await Administration.open(connection, logger);
  } catch (error) {
    throw explainFailedStart(error, connection);
  }
}

function openBus(
  shared: BusParts,
  { validateOnPublish, logId }: { validateOnPublish: boolean; logId: string },
): EventBus {
  const { cluster, publisher, topics, schemas, logger } = shared;
  let index: Promise<DeadLetterIndex> | undefined;
  const parts: GroupParts = {
    ...shared,
    deadLetters: () => {
      index ??= DeadLetterIndex.open(shared);
      return index;
    },
  };
  const rules = { topics, ...(validateOnPublish && { schemas }) };
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
    // Side by side: each waits for the broker to answer a fetch that is held.
    await Promise.all([...[...consumers].map((consumer) => consumer.close()), closeIndex(index)]);
    await withinLimit(publisher.drained(), PUBLISH_LIMIT_MS, logger, 'finishing publications');
    await publisher.close();
    await cluster.close();
  };

  return {
    logId,
    publish: async (events) => {
      refuseWhenClosed();
      if (events.length > 0) await publisher.publish(encodeEvents(events, rules));
    },
    consumeAsGroup: async (consumption) => {
      refuseWhenClosed();
      return begin(consumeAsGroup(parts, consumption));
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

/** One that could not be opened has told whoever asked for it. */
async function closeIndex(index: Promise<DeadLetterIndex> | undefined): Promise<void> {
  const [opened] = await Promise.allSettled(index ? [index] : []);
  if (opened?.status === 'fulfilled') await opened.value.close();
}
