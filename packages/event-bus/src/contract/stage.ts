import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { cloudEventHeaders } from '../cloud-event-headers.ts';
import type { DeadLetterOffice, KeptDeadLetter } from '../dead-letters/dead-letter-office.ts';
import type { ReleaseAction } from '../dead-letters/set-aside-record.ts';
import type { EventBatch, EventHeaders, OutgoingEvent, ReceivedEvent } from '../event.ts';
import type { EventBus, EventHandler } from '../event-bus.ts';
import type { JsonValue } from '../json.ts';
import { partitionOf } from '../partition-of.ts';
import type { TopicDeclaration } from '../topics.ts';
import type { ContractHarness } from './harness.ts';
import { numberOf } from './numbers.ts';

/** How long the suite waits for something that must happen: far above a lease, for slow machines. */
const deadlineMs = 15_000;

/** Sets a stage for a test, with a topic of its own. */
export type StageOpener = (topic?: Partial<TopicDeclaration>) => Stage;

/** One test's own topic, group and buses. */
export class Stage {
  readonly harness: ContractHarness;
  readonly topic: TopicDeclaration;
  readonly group = `contract.${randomUUID()}`;
  readonly #buses: EventBus[] = [];
  #office: DeadLetterOffice | undefined;
  readonly #counts = new Map<string, number>();

  constructor(harness: ContractHarness, topic: Partial<TopicDeclaration> = {}) {
    this.harness = harness;
    this.topic = {
      name: `contract.${randomUUID()}.v1`,
      partitions: 4,
      cleanup: 'delete',
      retentionMs: 3_600_000,
      schema: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
      ...topic,
    };
  }

  /** A bus as another process would have it. @param topic what that process declares otherwise */
  async open(topic: Partial<TopicDeclaration> = {}): Promise<EventBus> {
    const bus = await this.harness.open([{ ...this.topic, ...topic }]);
    this.#buses.push(bus);
    return bus;
  }

  get topics(): string[] {
    return [this.topic.name];
  }

  /** An event with a number that tells it from the others. */
  event(key: string, n: number, more: { readonly [property: string]: JsonValue } = {}): OutgoingEvent {
    return { topic: this.topic.name, key, value: { n, ...more }, headers: this.headers() };
  }

  headers(): EventHeaders {
    const { name } = this.topic;
    return cloudEventHeaders({ id: `evt_${randomUUID()}`, type: name, source: '/contract', time: new Date() });
  }

  /** A key of each partition, in their order. */
  keys(): string[] {
    return Array.from({ length: this.topic.partitions }, (_, partition) => this.keyOf(partition));
  }

  keyOf(partition: number): string {
    for (let attempt = 0; ; attempt += 1) {
      if (partitionOf(`key-${attempt}`, this.topic.partitions) === partition) return `key-${attempt}`;
    }
  }

  /** Publishes the next event of every partition. */
  async publishRound(bus: EventBus): Promise<void> {
    const events = this.keys().map((key) => this.event(key, this.countOf(key)));
    await bus.publish(events);
    for (const { key } of events) this.#counts.set(key, this.countOf(key) + 1);
  }

  /** How many events of a key the stage has published itself, which is the next one's number. */
  countOf(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** What a consumer has set aside and an operator finds. */
  async letters(consumer: string = this.group): Promise<KeptDeadLetter[]> {
    const letters = await this.#openOffice().letters();
    return letters.filter((letter) => letter.consumer === consumer);
  }

  /** Does as an operator: asks for the only dead letter of a consumer. */
  async release(action: ReleaseAction, consumer: string = this.group): Promise<void> {
    const [letter, ...others] = await this.letters(consumer);
    if (!letter || others.length > 0) throw new Error(`one dead letter was to be there, not ${others.length + 1}`);
    await this.#openOffice().request(letter, action);
  }

  /** Asks for every dead letter of the stage's group. */
  async releaseAll(action: ReleaseAction): Promise<void> {
    for (const letter of await this.letters()) await this.#openOffice().request(letter, action);
  }

  #openOffice(): DeadLetterOffice {
    this.#office ??= this.harness.openOffice();
    return this.#office;
  }

  async close(): Promise<void> {
    await Promise.all(this.#buses.map((bus) => bus.close()));
    await this.#office?.close();
  }
}

/** Notes what a handler gets, and does what the test wants beside. */
export class Recorder {
  readonly events: ReceivedEvent[] = [];
  readonly batches: EventBatch[] = [];
  /** Calls, also those that failed or have not returned. */
  started = 0;
  readonly handler: EventHandler;

  constructor(also: (batch: EventBatch) => Promise<void> | void = () => undefined) {
    this.handler = async (batch) => {
      this.started += 1;
      await also(batch);
      this.batches.push(batch);
      this.events.push(...batch.events);
    };
  }

  /** The numbers of the handled events, in the order of their handling. */
  numbers(key?: string): number[] {
    return this.events.filter((event) => key === undefined || event.key === key).map(numberOf);
  }
}

/** Waits until an expectation holds. */
export async function eventually(expectation: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(expectation, { timeout: deadlineMs, interval: 10 });
}

/** Something that the test opens when it wants. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Total of a consumer's lag. */
export async function totalLag(consumer: { lag(): Promise<readonly { records: bigint }[]> }): Promise<bigint> {
  return (await consumer.lag()).reduce((sum, { records }) => sum + records, 0n);
}
