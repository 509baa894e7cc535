import { setTimeout as delay } from 'node:timers/promises';
import { cloudEventHeaders, type OutgoingEvent, type ReceivedEvent } from '@localplus/event-bus';
import { Gaps } from './gaps.ts';

/** Events that are published steadily. */
export type PublishLoadPlan = {
  readonly topic: string;
  /** Begins the names of its aggregates; loads on the same topic have different ones. */
  readonly name: string;
  readonly writers: number;
  /** Aggregates of each writer: each of its publications has one event for each of them. */
  readonly aggregatesEach: number;
  /** How often each writer publishes. */
  readonly everyMs: number;
  /** Whether a publication that failed is made again, as the outbox does, or the next one follows. */
  readonly isRepeated: boolean;
  readonly publish: (events: readonly OutgoingEvent[]) => Promise<void>;
};

/** What stands in the log of what was published. */
export type Findings = {
  /** Acknowledged, and not there. */
  readonly lost: number;
  /** There more than once. */
  readonly doubled: number;
  /** Behind a newer version of the same aggregate, at its first place. */
  readonly outOfOrder: number;
};

/** Writers that publish one version after the other of their aggregates, and remember what was acknowledged. */
export class PublishLoad {
  /** What publications failed with. */
  readonly failures: unknown[] = [];
  readonly gaps: Gaps;
  readonly #plan: PublishLoadPlan;
  readonly #acknowledged = new Set<string>();
  readonly #versions = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(plan: PublishLoadPlan) {
    this.#plan = plan;
    const writers = Array.from({ length: plan.writers }, (_, writer) => `${plan.name}-${writer}`);
    this.gaps = new Gaps(writers);
    this.#running = Promise.all(writers.map((writer) => this.#write(writer)));
  }

  /** Events that were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** The newest version that was acknowledged of each aggregate. */
  get versions(): ReadonlyMap<string, number> {
    return this.#versions;
  }

  /** Ends the load when the publications under way are answered. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Looks up everything that was acknowledged. @param log all that the topic holds, each partition in its order */
  lookUp(log: readonly ReceivedEvent[]): Findings {
    const found = new Set<string>();
    const newest = new Map<string, number>();
    let outOfOrder = 0;
    for (const { key, headers } of log) {
      const id = headers.ce_id ?? '';
      const version = Number(headers.aggregateversion);
      const before = newest.get(key) ?? 0;
      if (!found.has(id) && version < before) outOfOrder += 1;
      newest.set(key, Math.max(before, version));
      found.add(id);
    }
    const lost = [...this.#acknowledged].filter((id) => !found.has(id)).length;
    return { lost, doubled: log.length - found.size, outOfOrder };
  }

  async #write(writer: string): Promise<void> {
    const { aggregatesEach, everyMs, isRepeated } = this.#plan;
    const aggregates = Array.from({ length: aggregatesEach }, (_, n) => `${writer}-${n}`);
    for (let version = 1; !this.#stopping.signal.aborted; version += 1) {
      const events = aggregates.map((aggregate) => this.#eventOf(aggregate, version));
      let isAcknowledged: boolean;
      do {
        const pause = delay(everyMs);
        isAcknowledged = await this.#publish(events);
        if (isAcknowledged) this.gaps.heard(writer);
        await pause;
      } while (!isAcknowledged && isRepeated);
    }
  }

  async #publish(events: readonly OutgoingEvent[]): Promise<boolean> {
    try {
      await this.#plan.publish(events);
    } catch (error) {
      this.failures.push(error);
      return false;
    }
    for (const { key, headers } of events) {
      this.#acknowledged.add(headers.ce_id ?? '');
      this.#versions.set(key, Number(headers.aggregateversion));
    }
    return true;
  }

  #eventOf(aggregate: string, version: number): OutgoingEvent {
    const { topic } = this.#plan;
    const headers = cloudEventHeaders({
      id: `${aggregate}-${version}`,
      type: topic,
      source: '/proof',
      time: new Date(),
      aggregateVersion: BigInt(version),
    });
    return { topic, key: aggregate, value: { version }, headers };
  }
}
