import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReleaseRequest, SetAsideRecord } from '../dead-letters/set-aside-record.ts';
import type { StoredRecord } from '../stored-record.ts';
import type { BusParts } from './bus-parts.ts';
import { readDeadLetterMessage } from './dead-letter-messages.ts';
import { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
import { ADMINISTRATION_LIMIT_MS } from './limits.ts';
import { PartitionFeed } from './partition-feed.ts';
import { laterOf, rangeOf, readKeptRanges } from './topic-offsets.ts';

/** A record that is set aside, without its content. */
export type IndexedRecord = Omit<SetAsideRecord, 'value' | 'headers' | 'time' | 'reason'> & {
  readonly name: string;
  readonly bytes: number;
};

/** Whose records: of one consumer and partition. */
export type DeadLetterPlace = { readonly consumer: string; readonly topic: string; readonly partition: number };

const theTopic = { topic: DEAD_LETTER_TOPIC, partition: 0 };

/**
 * What the topic of dead letters says now, followed by every process that is a member of groups: which records are set aside,
 * without their content, and what operators ask for. Emits `request` with the name of the consumer that is asked.
 */
export class DeadLetterIndex extends EventEmitter<{ request: [consumer: string] }> {
  readonly #cluster: BusParts['cluster'];
  readonly #feed: PartitionFeed;
  readonly #records = new Map<string, IndexedRecord>();
  readonly #requests = new Map<string, ReleaseRequest>();
  #next = 0n;
  #progress = Promise.withResolvers<void>();
  #isClosed = false;

  private constructor(parts: Omit<BusParts, 'deadLetters'>) {
    super();
    this.#cluster = parts.cluster;
    // One per group of the process: more than ten is no leak.
    this.setMaxListeners(0);
    this.#feed = new PartitionFeed({
      ...parts,
      groupId: `${parts.connection.clientId}.dead-letters.${randomUUID()}`,
      consumer: 'dead-letters',
      topics: [DEAD_LETTER_TOPIC],
      startsOf: async () => [laterOf(this.#next, await this.#earliest())],
      earliestOf: () => this.#earliest(),
      handlerOf: () => async (records) => this.#take(records),
    });
  }

  static async open(parts: Omit<BusParts, 'deadLetters'>): Promise<DeadLetterIndex> {
    const index = new DeadLetterIndex(parts);
    await index.#feed.open();
    return index;
  }

  /** Resolves when everything is known that was stored before the call. @throws Error when that takes too long */
  async caughtUp(): Promise<void> {
    const { high } = rangeOf(await readKeptRanges(this.#cluster, [DEAD_LETTER_TOPIC]), theTopic);
    const timer = new AbortController();
    const tooLate = delay(ADMINISTRATION_LIMIT_MS, true, { signal: timer.signal }).catch(() => true);
    try {
      while (this.#next < high) {
        if (this.#isClosed) throw new Error('the topic of dead letters is not followed any more');
        const isTooLate = await Promise.race([this.#progress.promise, tooLate]);
        if (isTooLate) throw new Error('the topic of dead letters was not read to its end in time');
      }
    } finally {
      timer.abort();
    }
  }

  /** The records of a consumer and partition, in the order of their offsets. */
  recordsOf(place: DeadLetterPlace): IndexedRecord[] {
    return [...this.#records.values()].filter(isOf(place)).sort((a, b) => Number(a.offset - b.offset));
  }

  requestsOf(place: DeadLetterPlace): ReleaseRequest[] {
    return [...this.#requests.values()].filter(isOf(place)).sort((a, b) => Number(a.offset - b.offset));
  }

  /** How many keys of a consumer are paused. */
  countPausedAggregates(consumer: string): number {
    const paused = [...this.#records.values()].filter(
      (record) => record.consumer === consumer && record.scope === 'aggregate',
    );
    return new Set(paused.map(({ topic, partition, key }) => JSON.stringify([topic, partition, key]))).size;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#noteProgress();
    await this.#feed.close();
  }

  async #earliest(): Promise<bigint> {
    return rangeOf(await readKeptRanges(this.#cluster, [DEAD_LETTER_TOPIC]), theTopic).low;
  }

  #take(records: readonly StoredRecord[]): number {
    for (const record of records) this.#apply(record);
    const last = records.at(-1);
    if (last) this.#next = last.offset + 1n;
    this.#noteProgress();
    return records.length;
  }

  #noteProgress(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }

  #apply(stored: StoredRecord): void {
    const message = readDeadLetterMessage(stored);
    if (message.kind === 'gone') {
      this.#records.delete(message.name);
      this.#requests.delete(message.name);
    } else if (message.kind === 'request') {
      this.#requests.set(message.name, message.request);
      this.emit('request', message.request.consumer);
    } else {
      const { consumer, topic, partition, offset, key, scope, value } = message.record;
      const { name } = message;
      const bytes = Buffer.byteLength(value);
      this.#records.set(name, { name, bytes, consumer, topic, partition, offset, key, scope });
    }
  }
}

function isOf({ consumer, topic, partition }: DeadLetterPlace): (of: DeadLetterPlace) => boolean {
  return (of) => of.consumer === consumer && of.topic === topic && of.partition === partition;
}
