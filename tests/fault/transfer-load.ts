import { setTimeout as delay } from 'node:timers/promises';
import type { ReceivedEvent } from '@localplus/event-bus';
import type { OutboxSchema } from '@localplus/outbox/testing';
import { Durations } from '../load/measure.ts';

const aggregates = 500;
/** How often it looks what is due. */
const tickMs = 4;

/** What was measured since the last phase began. */
export type Phase = {
  /** From the moment a transfer was due to its commit. */
  readonly commits: Durations;
  /** From a commit to the consumer. */
  readonly deliveries: Durations;
};

/** Transfers at a fixed rate, whether they are answered or not, and the way of each from its commit to the consumer. */
export class TransferLoad {
  committed = 0;
  redelivered = 0;
  /** Arrivals of a version whose predecessor had not arrived. */
  outOfOrder = 0;
  phase: Phase = { commits: new Durations(), deliveries: new Durations() };
  readonly #outbox: OutboxSchema;
  readonly #afterCommit: () => void;
  readonly #versions = new Map<string, number>();
  /** Committed and not arrived, in the order of the commits. */
  readonly #outstanding = new Map<string, number>();
  /** Arrived before the commit was answered. */
  readonly #early = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(outbox: OutboxSchema, perSecond: number, afterCommit: () => void) {
    this.#outbox = outbox;
    this.#afterCommit = afterCommit;
    this.#running = this.#run(perSecond);
  }

  /** Begins to measure anew. Returns what was measured so far. */
  nextPhase(): Phase {
    const done = this.phase;
    this.phase = { commits: new Durations(), deliveries: new Durations() };
    return done;
  }

  arrived({ key, headers }: ReceivedEvent): void {
    const version = Number(headers.aggregateversion);
    const last = this.#versions.get(key) ?? 0;
    if (version <= last) {
      this.redelivered += 1;
      return;
    }
    if (version > last + 1) this.outOfOrder += 1;
    this.#versions.set(key, version);
    const event = `${key}/${version}`;
    const committedAt = this.#outstanding.get(event);
    if (committedAt === undefined) this.#early.add(event);
    else this.phase.deliveries.add(performance.now() - committedAt);
    this.#outstanding.delete(event);
  }

  /** How many have not arrived. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /** For how long the oldest of them has been committed. */
  get oldestOutstandingMs(): number {
    const [oldest] = this.#outstanding.values();
    return oldest === undefined ? 0 : performance.now() - oldest;
  }

  /** Ends the load, and waits for the commits under way. @throws the first error of a commit */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(perSecond: number): Promise<void> {
    const startedAt = performance.now();
    const underWay = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for (let n = 0; !this.#stopping.signal.aborted; ) {
      const due = ((performance.now() - startedAt) * perSecond) / 1_000;
      for (; n < due; n += 1) {
        const transfer: Promise<void> = this.#transfer(
          `aggregate-${n % aggregates}`,
          startedAt + (n * 1_000) / perSecond,
        )
          .catch((error: unknown) => void failures.push(error))
          .finally(() => underWay.delete(transfer));
        underWay.add(transfer);
      }
      await delay(tickMs);
    }
    await Promise.all(underWay);
    if (failures.length > 0) throw failures[0];
  }

  async #transfer(aggregate: string, dueAt: number): Promise<void> {
    const event = `${aggregate}/${await this.#outbox.change(aggregate)}`;
    const committedAt = performance.now();
    this.#afterCommit();
    this.committed += 1;
    this.phase.commits.add(committedAt - dueAt);
    if (this.#early.delete(event)) this.phase.deliveries.add(0);
    else this.#outstanding.set(event, committedAt);
  }
}
