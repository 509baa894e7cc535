import type { Logger } from '@localplus/logging';
import { decodeRecord } from './decode-record.ts';
import type { EventBatch, ReceivedEvent } from './event.ts';
import type { Consumption, DeadLetter, EventHandler } from './event-bus.ts';
import { isOutage as isKnownOutage } from './is-outage.ts';
import { HANDLER_ATTEMPTS_MAX, REASON_LENGTH_MAX } from './limits.ts';
import { backOffMs, pause } from './retry/back-off.ts';
import { persist } from './retry/persist.ts';
import type { StoredRecord } from './stored-record.ts';
import type { TopicSchemas } from './topic-schemas.ts';

/** What an adapter gives a delivery. */
export type DeliverySettings<Topic extends string> = {
  /** The group, or the name of the replica's consumption. */
  readonly consumer: string;
  readonly consumption: Consumption<Topic>;
  readonly schemas: TopicSchemas;
  readonly logger: Logger;
  /** Keeps a record that was set aside. Called again after an error, and after a redelivery. */
  readonly storeDeadLetter: (record: StoredRecord, deadLetter: DeadLetter) => Promise<void>;
};

/**
 * The way of records from the log to a handler, the same for every adapter: checks them, hands them over, tries again,
 * finds the record at fault, sets it aside, and goes on.
 */
export class Delivery<Topic extends string> {
  readonly #settings: DeliverySettings<Topic>;
  readonly #handler: EventHandler<Topic>;
  readonly #isOutage: (error: unknown) => boolean;
  readonly #logger: Logger;

  constructor(settings: DeliverySettings<Topic>) {
    this.#settings = settings;
    this.#handler = settings.consumption.handler;
    this.#isOutage = settings.consumption.isOutage ?? isKnownOutage;
    this.#logger = settings.logger.child({ consumer: settings.consumer });
  }

  /**
   * Delivers records of one partition.
   * @returns how many of them, from the first, are handled or set aside: all, unless the signal was aborted. The running
   * handler is always awaited; the others are to be delivered again, by whoever has the partition next.
   */
  async deliver(records: readonly StoredRecord[], signal: AbortSignal): Promise<number> {
    const events: ReceivedEvent[] = [];
    for (const record of records) {
      const decoded = decodeRecord(record, this.#settings.schemas);
      if ('event' in decoded) events.push(decoded.event);
      else if (!(await this.#setAside(record, decoded.problem, signal))) return 0;
    }
    if (events.length === 0) return records.length;

    const outcome = await this.#attempt(events, signal);
    if (outcome === 'handled') return records.length;
    if (outcome === 'aborted') return 0;
    // One record spoils the batch: each is tried on its own, in order.
    const unfinished = await this.#deliverOneByOne(records, events, signal);
    return unfinished === undefined ? records.length : records.findIndex(({ offset }) => offset === unfinished.offset);
  }

  /** @returns the event at which the signal was aborted */
  async #deliverOneByOne(
    records: readonly StoredRecord[],
    events: readonly ReceivedEvent[],
    signal: AbortSignal,
  ): Promise<ReceivedEvent | undefined> {
    for (const event of events) {
      const record = records.find(({ offset }) => offset === event.offset);
      if (record && !(await this.#deliverAlone(record, event, signal))) return event;
    }
    return undefined;
  }

  async #deliverAlone(record: StoredRecord, event: ReceivedEvent, signal: AbortSignal): Promise<boolean> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const outcome = await this.#attempt([event], signal);
      if (outcome === 'handled') return true;
      if (outcome === 'aborted') return false;
      if (failures === HANDLER_ATTEMPTS_MAX) return this.#setAside(record, describe(outcome.failure), signal);
      await pause(backOffMs(failures), signal);
    }
    return false;
  }

  /** Runs the handler; waits through outages. */
  async #attempt(
    events: readonly ReceivedEvent[],
    signal: AbortSignal,
  ): Promise<'handled' | 'aborted' | { failure: unknown }> {
    const [first] = events;
    if (!first) return 'handled';
    const { topic, partition, offset } = first;
    const batch: unknown = { topic, partition, events };
    try {
      // The topic's schema has vouched for the type of every value.
      const finished = await persist(() => this.#handler(batch as EventBatch<Topic>), {
        signal,
        logger: this.#logger.child({ topic, partition, offset: offset.toString() }),
        what: 'handling events during an outage',
        isRetried: this.#isOutage,
      });
      return finished ? 'handled' : 'aborted';
    } catch (failure) {
      return { failure };
    }
  }

  async #setAside(record: StoredRecord, reason: string, signal: AbortSignal): Promise<boolean> {
    const { topic, partition, offset, key } = record;
    const deadLetter: DeadLetter = {
      consumer: this.#settings.consumer,
      topic,
      partition,
      offset,
      key,
      reason: reason.replaceAll('\0', '').slice(0, REASON_LENGTH_MAX),
    };
    const place = { topic, partition, offset: offset.toString() };
    const stored = await persist(() => this.#settings.storeDeadLetter(record, deadLetter), {
      signal,
      logger: this.#logger.child(place),
      what: 'storing a dead letter',
    });
    if (!stored) return false;
    this.#logger.error({ ...place, reason: deadLetter.reason }, 'a record was set aside as a dead letter');
    this.#settings.consumption.onDeadLetter?.(deadLetter);
    return true;
  }
}

function describe(failure: unknown): string {
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
}
