import type { Logger } from '@localplus/logging';
import type { Producer } from 'kafkajs';
import { createClient, type KafkaConnection } from './connection.ts';
import {
  CLIENT_RETRY_FIRST_MS,
  CLIENT_RETRY_MAX_MS,
  DISCONNECT_LIMIT_MS,
  PRODUCER_METADATA_AGE_MAX_MS,
  PUBLISH_LIMIT_MS,
} from './limits.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { PublishLane } from './publish-lane.ts';
import { withinLimit } from './within-limit.ts';

/** A publication took too long. Whether it was stored is unknown: it may still be, while the client tries. */
class PublishTimeoutError extends Error {
  override readonly name = 'PublishTimeoutError';
  /** For `isOutage`. */
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`Kafka did not acknowledge a publication within ${PUBLISH_LIMIT_MS} ms`);
  }
}

/**
 * Sends records, acknowledged by all replicas in sync. Each partition has a lane of its own with one request in flight:
 * kafkajs loses acknowledged records when a request with several partitions is half answered, and doubles them when requests
 * of a partition overlap.
 */
export class Publisher {
  readonly #connection: KafkaConnection;
  readonly #logger: Logger;
  readonly #lanes = new Map<string, PublishLane>();
  #producer: Promise<Producer>;

  private constructor(connection: KafkaConnection, logger: Logger, producer: Producer) {
    this.#connection = connection;
    this.#logger = logger;
    this.#producer = Promise.resolve(producer);
  }

  static async open(connection: KafkaConnection, logger: Logger): Promise<Publisher> {
    return new Publisher(connection, logger, await connectProducer(connection, logger));
  }

  /**
   * Resolves when all records are stored. One attempt; the client repeats what the broker did not answer, which is not seen
   * twice by its sequence numbers.
   * @throws Error when it took too long or was refused; the outcome is unknown then
   */
  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    const abandonment = new AbortController();
    const limit = setTimeout(() => abandonment.abort(new PublishTimeoutError()), PUBLISH_LIMIT_MS);
    const byLane = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`);
    try {
      await Promise.all([...byLane].map(([name, those]) => this.#lane(name).publish(those, abandonment.signal)));
    } finally {
      clearTimeout(limit);
    }
  }

  /** Resolves when nothing is being published. */
  async drained(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drained()));
  }

  async close(): Promise<void> {
    const disconnected = this.#producer.then((producer) => producer.disconnect());
    await withinLimit(disconnected, DISCONNECT_LIMIT_MS, this.#logger, 'closing the producer');
  }

  #lane(name: string): PublishLane {
    const lane = this.#lanes.get(name) ?? new PublishLane((records) => this.#send(records));
    this.#lanes.set(name, lane);
    return lane;
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    const [first] = records;
    if (!first) return;
    const current = this.#producer;
    try {
      const producer = await current;
      const messages = records.map(({ partition, key, value, headers }) => ({ partition, key, value, headers }));
      await producer.send({ topic: first.topic, messages, acks: -1, timeout: PUBLISH_LIMIT_MS });
    } catch (error) {
      // It was never connected, or its sequence numbers may not be the broker's any more: every further request would fail.
      if (this.#producer === current) this.#replace(current);
      throw error;
    }
  }

  #replace(broken: Promise<Producer>): void {
    this.#logger.warn('a publication failed: the producer is replaced');
    this.#producer = connectProducer(this.#connection, this.#logger);
    // Who publishes next awaits it, and gets the error; until then nobody else may be there to hear it.
    this.#producer.catch((error: unknown) => this.#logger.warn({ err: error }, 'no producer could be connected'));
    broken
      .then((producer) => producer.disconnect())
      .catch((error: unknown) => this.#logger.warn({ err: error }, 'a producer did not disconnect'));
  }
}

async function connectProducer(connection: KafkaConnection, logger: Logger): Promise<Producer> {
  const producer = createClient(connection, logger).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    metadataMaxAge: PRODUCER_METADATA_AGE_MAX_MS,
    createPartitioner: () => chosenPartition,
    // Without end: who gives up in the middle cannot know what was stored. The publication has a limit of its own.
    retry: {
      initialRetryTime: CLIENT_RETRY_FIRST_MS,
      maxRetryTime: CLIENT_RETRY_MAX_MS,
      retries: Number.MAX_SAFE_INTEGER,
    },
  });
  await producer.connect();
  return producer;
}

function chosenPartition({ message }: { message: { partition?: number } }): number {
  return message.partition ?? 0;
}
