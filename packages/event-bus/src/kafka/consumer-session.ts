import type { Logger } from '@localplus/logging';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { createClient, type KafkaConnection } from './connection.ts';
import { drainingAssigner } from './draining-assigner.ts';
import {
  CLIENT_RETRY_FIRST_MS,
  CLIENT_RETRY_MAX_MS,
  CONSUMER_METADATA_AGE_MAX_MS,
  CONSUMER_RETRIES_MAX,
  DISCONNECT_LIMIT_MS,
  FETCH_BYTES_MAX,
  FETCH_WAIT_MAX_MS,
  HEARTBEAT_INTERVAL_MS,
  LANES_MAX,
  PARTITION_FETCH_BYTES_MAX,
  REBALANCE_TIMEOUT_MS,
  SESSION_TIMEOUT_MS,
} from './limits.ts';
import { withinLimit } from './within-limit.ts';

/** A partition of a topic. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/** What a session tells its owner. */
export type SessionListener = {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly logger: Logger;
  /** Awaited before each join: who has the partitions may change by it. Rejects when there shall be no join. */
  readonly beforeJoin: () => Promise<void>;
  /** The session has these partitions from now on; called before anything of them is fetched. */
  readonly onAssigned: (partitions: readonly TopicPartition[]) => void;
  readonly onFetched: (payload: EachBatchPayload) => Promise<void>;
};

/** One life of a kafkajs consumer, from its first join until it crashes, stalls or is closed. */
export class ConsumerSession {
  readonly consumer: Consumer;
  readonly #listener: SessionListener;
  readonly #end = Promise.withResolvers<Error>();
  readonly #joined = Promise.withResolvers<void>();
  #heartbeat: (() => Promise<void>) | undefined;
  #heartbeatAt = performance.now();
  #fetchedAt = performance.now();

  constructor(listener: SessionListener) {
    this.#listener = listener;
    const { connection, groupId, logger } = listener;
    this.consumer = createClient(connection, logger).consumer({
      groupId,
      partitionAssigners: [drainingAssigner(() => this.#drain())],
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MAX_MS,
      maxBytesPerPartition: PARTITION_FETCH_BYTES_MAX,
      maxBytes: FETCH_BYTES_MAX,
      minBytes: 1,
      metadataMaxAge: CONSUMER_METADATA_AGE_MAX_MS,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: CLIENT_RETRY_FIRST_MS,
        maxRetryTime: CLIENT_RETRY_MAX_MS,
        retries: CONSUMER_RETRIES_MAX,
        // Its owner replaces it, also where kafkajs would give up in silence.
        restartOnFailure: async () => false,
      },
    });
    this.#listen();
  }

  /** Resolves with the reason when the session is over without having been closed. */
  get ended(): Promise<Error> {
    return this.#end.promise;
  }

  /** Milliseconds since heartbeats and fetches both succeeded. */
  get silenceMs(): number {
    return performance.now() - Math.min(this.#heartbeatAt, this.#fetchedAt);
  }

  /** Connects and joins. @throws what it failed with, or was ended with meanwhile; then the session is closed */
  async open(): Promise<void> {
    try {
      // Whatever kafkajs waits for: who ends the session waits for nothing.
      await Promise.race([this.#join(), this.#failed()]);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends the session for its owner, who closes it. */
  end(reason: Error): void {
    this.#end.resolve(reason);
  }

  /** Leaves the group and disconnects, or stops waiting for it. */
  async close(): Promise<void> {
    const { logger } = this.#listener;
    await withinLimit(this.consumer.disconnect(), DISCONNECT_LIMIT_MS, logger, 'leaving a group');
  }

  async #join(): Promise<void> {
    const { consumer } = this;
    await consumer.connect();
    // Positions are always given; this is for a group whose position is older than the log.
    await consumer.subscribe({ topics: [...this.#listener.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // The lanes do the work; a batch is here only as long as its lane has no room.
      partitionsConsumedConcurrently: LANES_MAX,
      eachBatch: (payload) => {
        this.#heartbeat = payload.heartbeat;
        return this.#listener.onFetched(payload);
      },
    });
    // A join that failed does not make `run` fail.
    await this.#joined.promise;
  }

  #listen(): void {
    const { consumer } = this;
    consumer.on('consumer.heartbeat', () => {
      this.#heartbeatAt = performance.now();
    });
    consumer.on('consumer.fetch', () => {
      this.#fetchedAt = performance.now();
    });
    consumer.on('consumer.crash', ({ payload }) => this.end(payload.error));
    consumer.on('consumer.group_join', ({ payload }) => {
      this.#heartbeatAt = performance.now();
      this.#fetchedAt = performance.now();
      const assigned = Object.entries(payload.memberAssignment);
      this.#listener.onAssigned(
        assigned.flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition }))),
      );
      this.#joined.resolve();
    });
  }

  async #failed(): Promise<never> {
    throw await this.ended;
  }

  /** The heart beats on meanwhile: a member that takes its time must not be taken for dead. */
  async #drain(): Promise<void> {
    const beat = setInterval(() => {
      this.#heartbeat?.().catch((error: unknown) => {
        // "Rebalancing" is what it answers to a member that lives.
        this.#listener.logger.debug({ err: error }, 'a heartbeat before a join was answered by an error');
      });
    }, HEARTBEAT_INTERVAL_MS);
    try {
      await this.#listener.beforeJoin();
    } finally {
      clearInterval(beat);
    }
  }
}
