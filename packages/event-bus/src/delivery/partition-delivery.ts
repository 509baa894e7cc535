import { decodeRecord } from '../decode-record.ts';
import type { ReceivedEvent } from '../event.ts';
import type { StoredRecord } from '../stored-record.ts';
import { describeFailure } from './handler-calls.ts';
import { type ReleaseParts, release } from './release.ts';

/** A record, and the event that it is. */
type Readable = { readonly record: StoredRecord; readonly event: ReceivedEvent };

/** The next records that can go together; or, alone, the one that no handler can read. */
type Run = {
  readonly length: number;
  readonly readable: readonly Readable[];
  readonly parked: readonly StoredRecord[];
  readonly problem?: string;
};

/**
 * The way of one partition's records from the log to a handler, while the partition is here, the same for every adapter:
 * checks them, hands them over, tries again, sets aside the one at fault, parks what comes behind it, and goes on.
 */
export class PartitionDelivery {
  readonly #parts: ReleaseParts;
  #mayHaveRequests = true;

  constructor(parts: ReleaseParts) {
    this.#parts = parts;
  }

  /** An operator may have asked for something: the next `deliver` looks, also one without records. */
  expectRequests(): void {
    this.#mayHaveRequests = true;
  }

  /**
   * Fulfils what operators asked for, and delivers records.
   * @returns how many of them, from the first, are handled or set aside: all, unless the signal was aborted. The running
   * handler is always awaited; the others are to be delivered again, by whoever has the partition next.
   */
  async deliver(records: readonly StoredRecord[], signal: AbortSignal): Promise<number> {
    const { setAside } = this.#parts;
    if (!(await setAside.load(signal)) || !(await this.#fulfilRequests(signal))) return 0;
    let done = 0;
    while (done < records.length) {
      const run = this.#nextRun(records.slice(done));
      if (!(await setAside.park(run.parked, signal))) return done;
      const unfinished = await this.#handOver(run.readable, signal);
      if (unfinished) return records.indexOf(unfinished);
      const faulty = run.problem === undefined ? undefined : records[done];
      if (faulty && !(await setAside.bury(faulty, run.problem ?? '', signal))) return done;
      done += run.length;
    }
    return done;
  }

  async #fulfilRequests(signal: AbortSignal): Promise<boolean> {
    if (!this.#mayHaveRequests) return true;
    this.#mayHaveRequests = false;
    const requests = await this.#parts.setAside.requests(signal);
    for (const request of requests ?? []) {
      if (!(await release(this.#parts, request, signal))) return false;
    }
    return requests !== undefined;
  }

  /** Up to, and without, a record that no handler can read: what comes before it decides whether it is parked. */
  #nextRun(records: readonly StoredRecord[]): Run {
    const { setAside, schemas } = this.#parts;
    const readable: Readable[] = [];
    const parked: StoredRecord[] = [];
    for (const [index, record] of records.entries()) {
      if (setAside.isPaused(record)) {
        parked.push(record);
        continue;
      }
      const decoded = decodeRecord(record, schemas);
      if ('event' in decoded) readable.push({ record, event: decoded.event });
      else if (index === 0) return { length: 1, readable, parked, problem: decoded.problem };
      else return { length: index, readable, parked };
    }
    return { length: records.length, readable, parked };
  }

  /** @returns the record at which the signal was aborted */
  async #handOver(readable: readonly Readable[], signal: AbortSignal): Promise<StoredRecord | undefined> {
    const { calls, setAside } = this.#parts;
    const outcome = await calls.together(
      readable.map(({ event }) => event),
      signal,
    );
    if (outcome === 'handled') return undefined;
    if (outcome === 'aborted') return readable[0]?.record;
    // One of them spoils the batch: each is tried on its own, in order.
    for (const [index, { record, event }] of readable.entries()) {
      if (setAside.isPaused(record)) continue;
      const alone = await calls.alone(event, signal);
      if (alone === 'aborted') return record;
      if (alone === 'handled') continue;
      const behind = readable.slice(index + 1).map((later) => later.record);
      const isBuried = await setAside.bury(record, describeFailure(alone.failure), signal);
      if (!isBuried) return record;
      const held = behind.filter((later) => setAside.isPaused(later) && later.key === record.key);
      if (!(await setAside.park(held, signal))) return record;
    }
    return undefined;
  }
}
