import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@localplus/logging';
import type { EachBatchPayload } from 'kafkajs';
import { BATCH_SIZE_MAX } from '../limits.ts';
import { persist } from '../retry/persist.ts';
import type { StoredRecord } from '../stored-record.ts';
import type { KafkaConnection } from './connection.ts';
import { ConsumerSession, type TopicPartition } from './consumer-session.ts';
import { tellsOfLostMembership, tellsOfStaleKnowledge } from './kafka-error.ts';
import {
  ADMINISTRATION_LIMIT_MS,
  CLIENT_RETRY_FIRST_MS,
  LEAVING_PAUSE_MS,
  PREFETCH_PATIENCE_MS,
  STALL_MS,
  WATCHDOG_INTERVAL_MS,
} from './limits.ts';
import { PartitionLane } from './partition-lane.ts';
import { storedRecordOf } from './stored-record-of.ts';
import type { Watchdog } from './watchdog.ts';

/** Handles records of one partition. */
export type RecordHandler = (records: readonly StoredRecord[], signal: AbortSignal) => Promise<number>;

/** What a feed is made of. */
export type FeedSettings = {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  /** For logs and the watchdog: the group, or the replica's name. */
  readonly consumer: string;
  readonly topics: readonly string[];
  readonly batchSizeMax?: number;
  readonly logger: Logger;
  readonly watchdog?: Watchdog;
  /** The first offset to handle of each partition, in the same order. Asked after each join. */
  readonly startsOf: (partitions: readonly TopicPartition[]) => Promise<readonly bigint[]>;
  /** The earliest offset that is kept. */
  readonly earliestOf: (partition: TopicPartition) => Promise<bigint>;
  /**
   * What handles the records of a partition, asked for each time that it comes here. It returns how many, from the first, are
   * done: fewer only when aborted or lost. It is called without records at the beginning, and after `call`.
   */
  readonly handlerOf: (partition: TopicPartition) => RecordHandler;
};

/**
 * Brings the records of the partitions that this member of a group has to a handler. It decides itself from where on, and
 * drops what kafkajs fetched from elsewhere. A session that crashes or stalls is replaced by a new one.
 */
export class PartitionFeed {
  readonly #settings: FeedSettings;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  readonly #watch: NodeJS.Timeout;
  #session: ConsumerSession;
  #lanes = new Map<string, PartitionLane>();
  #assignment = new AbortController();
  #settled = Promise.resolve();
  #isPaused = false;
  #isStalled = false;
  /** How long the sessions before this one had been silent, since the last that joined. */
  #silentBeforeMs = 0;

  constructor(settings: FeedSettings) {
    this.#settings = settings;
    this.#logger = settings.logger.child({ consumer: settings.consumer });
    this.#session = this.#createSession();
    this.#watch = setInterval(() => this.#watchSession(), WATCHDOG_INTERVAL_MS);
  }

  /** Joins the group. Resolves when the member knows where it begins. @throws what the join failed with */
  async open(): Promise<void> {
    try {
      await this.#joinFirst();
      await this.#settled;
    } catch (error) {
      this.#closing.abort();
      clearInterval(this.#watch);
      throw error;
    }
    this.#supervise().catch((error: unknown) => this.#logger.fatal({ err: error }, 'a consumer is not supervised'));
  }

  /** No handler starts any more; the running ones finish. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#isPaused = false;
    for (const lane of this.#lanes.values()) lane.wake();
  }

  /** Something is to be done in every partition, also without records. */
  call(): void {
    for (const lane of this.#lanes.values()) lane.call();
  }

  /** The next offset to handle of each partition that is here. */
  positions(): readonly (TopicPartition & { position: bigint })[] {
    return [...this.#lanes.values()].map(({ topic, partition, position }) => ({ topic, partition, position }));
  }

  /** @returns false when the partition belongs to somebody else by now */
  async commit({ topic, partition }: TopicPartition, offset: bigint, signal: AbortSignal): Promise<boolean> {
    try {
      const position = { topic, partition, offset: offset.toString() };
      const committed = await persist(() => this.#session.consumer.commitOffsets([position]), {
        signal,
        logger: this.#logger,
        what: 'committing an offset',
        isRetried: (error) => !tellsOfLostMembership(error),
      });
      return committed !== undefined;
    } catch (error) {
      this.#logger.warn({ err: error, topic, partition }, 'an offset was not committed: the partition has gone on');
      return false;
    }
  }

  /** Lets the running handlers finish and leaves. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#assignment.abort();
    clearInterval(this.#watch);
    await this.#stopLanes();
    await this.#session.close();
  }

  #createSession(): ConsumerSession {
    const { connection, groupId, topics } = this.#settings;
    const session: ConsumerSession = new ConsumerSession({
      connection,
      groupId,
      topics,
      logger: this.#logger,
      beforeJoin: () => this.#beforeJoin(session),
      onAssigned: (partitions) => {
        if (session === this.#session) this.#assign(session, partitions);
      },
      onFetched: (payload) => this.#takeFetched(session, payload),
    });
    return session;
  }

  async #beforeJoin(session: ConsumerSession): Promise<void> {
    if (session === this.#session) await this.#stopLanes();
    if (session !== this.#session || this.#closing.signal.aborted) {
      throw new LeavingError();
    }
  }

  async #stopLanes(): Promise<void> {
    this.#assignment.abort();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  #assign(session: ConsumerSession, partitions: readonly TopicPartition[]): void {
    const assignment = new AbortController();
    this.#silentBeforeMs = 0;
    this.#assignment = assignment;
    this.#lanes = new Map();
    this.#settled = this.#settle(session, partitions, assignment.signal).catch((error: unknown) => {
      // kafkajs gave the session up while it was asked where to begin.
      session.end(new Error('the consumer could not begin', { cause: error }));
    });
  }

  async #settle(session: ConsumerSession, partitions: readonly TopicPartition[], signal: AbortSignal): Promise<void> {
    const { startsOf, batchSizeMax, handlerOf } = this.#settings;
    const asked = await persist(() => startsOf(partitions), {
      signal,
      logger: this.#logger,
      what: 'finding out where partitions begin',
    });
    if (!asked || signal.aborted || session !== this.#session) return;
    for (const [index, { topic, partition }] of partitions.entries()) {
      const lane = new PartitionLane({
        topic,
        partition,
        position: asked.result[index] ?? 0n,
        batchSizeMax: Math.min(batchSizeMax ?? BATCH_SIZE_MAX, BATCH_SIZE_MAX),
        isPaused: () => this.#isPaused,
        handle: handlerOf({ topic, partition }),
      });
      this.#lanes.set(nameOf({ topic, partition }), lane);
      lane.wake();
      session.consumer.seek({ topic, partition, offset: lane.position.toString() });
    }
    // What a former time had paused stays paused in kafkajs.
    session.consumer.resume(partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
    if (this.#isStalled) this.#settings.watchdog?.onRecovered(this.#settings.consumer);
    this.#isStalled = false;
  }

  async #takeFetched(session: ConsumerSession, { batch, resolveOffset, pause }: EachBatchPayload): Promise<void> {
    await this.#settled;
    const lane = this.#lanes.get(nameOf(batch));
    const last = batch.messages.at(-1);
    if (session !== this.#session || !lane || lane.isStopped || !last) {
      await delay(LEAVING_PAUSE_MS);
      return;
    }
    const fetchedFrom = fetchedOffsetOf(batch);
    if (fetchedFrom !== lane.fetchPosition) {
      await this.#sendBack(lane, fetchedFrom);
      return;
    }
    const { topic, partition } = batch;
    lane.take(
      batch.messages.map((message) => storedRecordOf(topic, partition, message)),
      BigInt(batch.lastOffset()) + 1n,
    );
    resolveOffset(last.offset);
    if (!(await lane.hasRoomWithin(PREFETCH_PATIENCE_MS))) lane.whenRoom(pause());
  }

  /** kafkajs fetched from elsewhere: from before a join, or from the earliest because the log begins later by now. */
  async #sendBack(lane: PartitionLane, fetchedFrom: bigint): Promise<void> {
    const { topic, partition, fetchPosition } = lane;
    if (fetchedFrom > fetchPosition) {
      const earliest = await this.#settings.earliestOf(lane);
      if (earliest > fetchPosition) {
        const missed = (earliest - fetchPosition).toString();
        this.#logger.error({ topic, partition, missed }, 'records were removed before this consumer had read them');
        lane.skipTo(earliest);
      }
    }
    if (!lane.isStopped) this.#session.consumer.seek({ topic, partition, offset: lane.fetchPosition.toString() });
  }

  #watchSession(): void {
    const { silenceMs } = this.#session;
    if (this.#silentBeforeMs + silenceMs >= STALL_MS && !this.#isStalled) {
      this.#isStalled = true;
      this.#settings.watchdog?.onStalled(this.#settings.consumer);
    }
    if (silenceMs < STALL_MS) return;
    this.#session.end(new Error(`the consumer made no progress for ${Math.round(silenceMs)} ms`));
  }

  async #supervise(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const reason = await this.#session.ended;
      if (this.#closing.signal.aborted) return;
      this.#logger.error({ err: reason }, 'a consumer is replaced');
      await persist(() => this.#replaceSession(), {
        signal: this.#closing.signal,
        logger: this.#logger,
        what: 'joining a group again',
      });
    }
  }

  /** A cluster that has just started, or has another coordinator just now, can be joined in a moment. */
  async #joinFirst(): Promise<void> {
    const givesUpAt = performance.now() + ADMINISTRATION_LIMIT_MS;
    for (;;) {
      try {
        await this.#session.open();
        return;
      } catch (error) {
        if (!tellsOfStaleKnowledge(error) || performance.now() > givesUpAt) throw error;
        await delay(CLIENT_RETRY_FIRST_MS);
        this.#session = this.#createSession();
      }
    }
  }

  async #replaceSession(): Promise<void> {
    const former = this.#session;
    this.#silentBeforeMs += former.silenceMs;
    this.#session = this.#createSession();
    const opened = this.#session.open();
    await Promise.allSettled([former.close(), opened]);
    await opened;
    await this.#settled;
  }
}

/** Keeps kafkajs from joining again, in the words that it understands. */
class LeavingError extends Error {
  override readonly name = 'LeavingError';
  readonly retriable = false;

  constructor() {
    super('this consumer leaves its group');
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Where the fetch began that brought a batch; kafkajs has it, its types do not tell. */
function fetchedOffsetOf(batch: EachBatchPayload['batch']): bigint {
  if ('fetchedOffset' in batch && typeof batch.fetchedOffset === 'string') return BigInt(batch.fetchedOffset);
  throw new Error('kafkajs no longer tells where a fetch began');
}
