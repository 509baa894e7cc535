import type { Pool } from 'pg';
import type { EncodedEvent } from '../encode-event.ts';
import { PUBLISH_EVENTS_MAX } from './limits.ts';
import type { TopicCatalog } from './topic-catalog.ts';

type Publication = {
  readonly events: readonly EncodedEvent[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/**
 * One publication at a time, in the order of the calls: this is what keeps the order of a key. What arrives meanwhile
 * goes together in the next transaction.
 */
export class PublishLane {
  readonly #pool: Pool;
  readonly #partitionIds: ReadonlyMap<string, readonly number[]>;
  #waiting: Publication[] = [];
  #running = Promise.resolve();
  #isRunning = false;

  constructor(pool: Pool, catalog: TopicCatalog) {
    this.#pool = pool;
    this.#partitionIds = new Map(
      [...catalog.topics.keys()].map((topic) => [topic, catalog.partitionsOf([topic]).map(({ id }) => id)]),
    );
  }

  /** Resolves when the events are stored durably. One attempt. */
  publish(events: readonly EncodedEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      if (!this.#isRunning) this.#running = this.#run();
    });
  }

  /** Resolves when nothing is being published. */
  drained(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const together = this.#takeWaiting();
      try {
        await this.#store(together.flatMap(({ events }) => events));
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isRunning = false;
  }

  #takeWaiting(): Publication[] {
    let events = 0;
    const end = this.#waiting.findIndex((publication, index) => {
      events += publication.events.length;
      return index > 0 && events > PUBLISH_EVENTS_MAX;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #store(events: readonly EncodedEvent[]): Promise<void> {
    await this.#pool.query({
      name: 'publish',
      text: 'select publish($1::integer[], $2::text[], $3::text[], $4::jsonb[])',
      values: [
        events.map(({ topic, partition }) => this.#partitionIds.get(topic)?.[partition]),
        events.map(({ key }) => key),
        events.map(({ value }) => value),
        events.map(({ headers }) => JSON.stringify(headers)),
      ],
    });
  }
}
