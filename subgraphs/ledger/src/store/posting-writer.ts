import { setTimeout as pause } from 'node:timers/promises';
import { constraintName, sqlState, withRetry } from '@localplus/postgres';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { Decision } from '../domain/engine/decide.ts';
import { Overloaded, Unavailable } from '../domain/failures.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { OutOfRange } from './binary-array.ts';
import { isConnectionLost } from './connection-loss.ts';
import { type BatchResult, type BatchSettings, runBatch } from './run-batch.ts';

/** What a batch costs whatever its size is the work of some ten requests: a longer one only makes those in it wait longer. */
const batchSizeMax = 64;
/** One batch commits while the next is computed; a third would only wait for the locks of these two. */
export const writerSlots = 2;
/** Fewer that wait go together when the batch before them is done: most of what a small batch costs is the same for a larger (ADR 0024). */
const secondBatchSizeMin = 4;
/** What waits this long opens the second slot however few it is: the batch before it waits for a lock, or it would be done. */
const waitForCompanyMs = 20;
/** About half a second of work at full speed: who comes after that is better told so than kept waiting. */
const usualQueueLengthMax = 2_048;
/** What a full queue takes to drain at full speed. */
const retryAfterMs = 500;
/** A till gives up after some seconds: what waited longer would be posted for nobody. */
const queueTimeLimitMs = 2_000;
/** Long enough for PostgreSQL to be restarted, short enough for a person who waits at a till. */
const commitTimeLimitMs = 5_000;
/** Between two attempts at a database that is not there. */
const reconnectPauseMs = 100;
/** Contention that outlasted the retries, and statements that were cut off. */
const passingStates = new Set(['40001', '40P01', '55P03', '57014']);

/** Whether what other parts of the platform show is already at the version that a commit led to. */
export type BalanceState = 'CURRENT' | 'CATCHING_UP';

/** What became of a request, and whether the wallet was told. */
export type Written = Decision & { balanceState: BalanceState };

/** What of a request could not be written: its own fault, and nobody else's. */
const outOfRange: Decision = { status: 'OUT_OF_RANGE' };
/** A number left 64 bits in the database. */
const outOfRangeState = '22003';

interface WriterSettings {
  /** Requests that may wait, where it is not the usual number. */
  queueLengthMax?: number;
  /** Its pool needs `writerSlots` connections of its own. */
  batch: BatchSettings;
  /** Called right after a commit that brought events. */
  wakeOutbox: () => void;
  /** Tells the wallet what was committed; awaited before the answer. Never rejects. */
  tellWallet: (changes: readonly BalanceChange[]) => Promise<BalanceState>;
}

/** Requests that were handed over together. */
interface Unit {
  requests: readonly OperationRequest[];
  /** Then it is a batch of its own. */
  isAtomic: boolean;
  queuedAt: number;
  resolve: (written: Written[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Posts requests in groups: what arrived together shares one transaction. A group closes when a slot is free, so that a lone
 * request waits for nobody, and groups grow with the load. The second of the slots is for a queue.
 */
export class PostingWriter {
  readonly #settings: WriterSettings;
  readonly #queue: Unit[] = [];
  readonly #running = new Set<Promise<void>>();
  #queuedCount = 0;
  #busySlots = 0;
  #isFillPlanned = false;
  #companyTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  /**
   * Posts a request once, whatever happens on the way: its key makes another attempt safe.
   * @throws Overloaded when it was not taken; Unavailable when it is not known whether it was posted, or time ran out
   */
  async post(request: OperationRequest): Promise<Written> {
    const [written] = await this.postAll([request], { isAtomic: false });
    if (written === undefined) throw new Error('A request was left without an answer.');
    return written;
  }

  /**
   * Posts requests in their order: each by itself, or all or none of them, whose keys are then all new or all used.
   * @throws as `post` does
   */
  postAll(requests: readonly OperationRequest[], { isAtomic }: { isAtomic: boolean }): Promise<Written[]> {
    const { queueLengthMax = usualQueueLengthMax } = this.#settings;
    const isFull = this.#queuedCount + requests.length > queueLengthMax;
    if (this.#isStopping || isFull) return Promise.reject(new Overloaded(retryAfterMs));
    const { promise, resolve, reject } = Promise.withResolvers<Written[]>();
    this.#queue.push({ requests, isAtomic, queuedAt: performance.now(), resolve, reject });
    this.#queuedCount += requests.length;
    this.#planFill();
    return promise;
  }

  /** Takes nothing new; resolves when everything that was taken is answered. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    while (this.#queue.length > 0 || this.#running.size > 0) {
      this.#fillSlots();
      await Promise.all(this.#running);
    }
    clearTimeout(this.#companyTimer);
  }

  /** Whatever arrives in the same turn of the event loop goes together: the first of many must not go alone. */
  #planFill(): void {
    if (this.#isFillPlanned) return;
    this.#isFillPlanned = true;
    setImmediate(() => {
      this.#isFillPlanned = false;
      this.#fillSlots();
    });
  }

  #fillSlots(): void {
    while (this.#busySlots < writerSlots && this.#queue.length > 0) {
      if (this.#isForTheNextBatch()) return;
      const units = this.#takeUnits(Math.min(this.#shareOfSlot(), batchSizeMax));
      if (units.length === 0) continue;
      this.#busySlots += 1;
      this.#track(
        this.#commit(units).then(() => {
          this.#busySlots -= 1;
          this.#planFill();
        }),
      );
    }
  }

  /** Enough for two batches is shared between the slots that are free, so that both cores work. */
  #shareOfSlot(): number {
    const freeSlots = writerSlots - this.#busySlots;
    return this.#queuedCount < freeSlots * secondBatchSizeMin
      ? this.#queuedCount
      : Math.ceil(this.#queuedCount / freeSlots);
  }

  /** Whether those who wait are few, and not yet for long, so that they go when the batch that runs is done. */
  #isForTheNextBatch(): boolean {
    const [first] = this.#queue;
    if (first === undefined || this.#busySlots === 0 || this.#queuedCount >= secondBatchSizeMin) return false;
    const remainingMs = first.queuedAt + waitForCompanyMs - performance.now();
    if (remainingMs <= 0) return false;
    this.#companyTimer ??= setTimeout(() => {
      this.#companyTimer = undefined;
      this.#fillSlots();
    }, remainingMs);
    return true;
  }

  /** As many as fit a batch, and at least one: an atomic unit alone, the others together. */
  #takeUnits(sizeMax: number): Unit[] {
    const tooLate = performance.now() - queueTimeLimitMs;
    const units: Unit[] = [];
    let size = 0;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const isLate = next.queuedAt < tooLate;
      const fits = size === 0 || (size + next.requests.length <= sizeMax && !next.isAtomic && !units[0]?.isAtomic);
      if (!isLate && !fits) break;
      this.#queue.shift();
      this.#queuedCount -= next.requests.length;
      if (isLate) next.reject(new Overloaded(retryAfterMs));
      else {
        units.push(next);
        size += next.requests.length;
      }
    }
    return units;
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Commits a batch and frees its slot; the answers follow when the wallet was told. */
  async #commit(units: readonly Unit[]): Promise<void> {
    const [first] = units;
    if (first === undefined) return;
    try {
      const result = await this.#run(
        units.flatMap(({ requests }) => requests),
        first.isAtomic,
      );
      this.#track(this.#answer(units, result));
    } catch (error) {
      if (isPassing(error)) {
        for (const { reject } of units) reject(new Unavailable(error));
      } else if (units.length > 1) {
        // A request that PostgreSQL will not have must not take its neighbours with it. Their keys make it safe.
        for (const unit of units) await this.#commit([unit]);
      } else if (isOutOfRange(error) && (first.isAtomic || first.requests.length === 1)) {
        // Of a group all are told: which of them was too much, the database does not say.
        first.resolve(first.requests.map(() => ({ ...outOfRange, balanceState: 'CURRENT' })));
      } else if (first.requests.length > 1 && !first.isAtomic) {
        await this.#commitOneByOne(first);
      } else first.reject(error);
    }
  }

  async #commitOneByOne({ requests, queuedAt, resolve, reject }: Unit): Promise<void> {
    const parts = requests.map((request) => {
      const part = Promise.withResolvers<Written[]>();
      return { unit: { requests: [request], isAtomic: false, queuedAt, ...part }, answered: part.promise };
    });
    Promise.all(parts.map(({ answered }) => answered)).then((written) => resolve(written.flat()), reject);
    for (const { unit } of parts) await this.#commit([unit]);
  }

  async #run(requests: readonly OperationRequest[], isAtomic: boolean): Promise<BatchResult> {
    const givesUpAt = performance.now() + commitTimeLimitMs;
    for (;;) {
      const deadlineMs = givesUpAt - performance.now();
      try {
        return await withRetry(() => runBatch(this.#settings.batch, requests, { isAtomic }), { deadlineMs });
      } catch (error) {
        const isRunAgain = isConnectionLost(error) || isKeyRaceLost(error);
        if (!isRunAgain || performance.now() + reconnectPauseMs >= givesUpAt) throw error;
        if (!isKeyRaceLost(error)) await pause(reconnectPauseMs);
      }
    }
  }

  async #answer(units: readonly Unit[], { decisions, effects, isWritten }: BatchResult): Promise<void> {
    const changes = isWritten ? effects.transactions.flatMap((transaction) => transaction.changes) : [];
    if (changes.length > 0) this.#settings.wakeOutbox();
    const told = changes.length > 0 ? this.#settings.tellWallet(changes) : undefined;
    let from = 0;
    const answers = units.map(({ requests, isAtomic, resolve }) => {
      const own = decisions.slice(from, from + requests.length);
      from += requests.length;
      return { resolve, decisions: isAtomic && !isWritten ? refusedTogether(own) : own };
    });
    const answer = (isWaitingForWallet: boolean, balanceState: BalanceState) => {
      for (const { resolve, decisions: own } of answers) {
        if (own.some(({ status }) => status === 'DONE') === isWaitingForWallet) {
          resolve(own.map((decision) => ({ ...decision, balanceState })));
        }
      }
    };
    answer(false, 'CURRENT');
    answer(true, told === undefined ? 'CURRENT' : await told);
  }
}

/** Of a group that was not written because of one of it, the others say so. */
function refusedTogether(decisions: readonly Decision[]): Decision[] {
  return decisions.map((each) => (each.status === 'DONE' ? { status: 'GROUP_REFUSED' } : each));
}

/** Another batch brought the same key for another holder and committed first; now its key can be seen. */
function isKeyRaceLost(error: unknown): boolean {
  return sqlState(error) === '23505' && constraintName(error) === 'idempotency_pkey';
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof OutOfRange || sqlState(error) === outOfRangeState;
}

/** Whether the fault lies in the moment and not in the batch: the same batch may succeed later. */
function isPassing(error: unknown): boolean {
  const state = sqlState(error);
  return isConnectionLost(error) || isKeyRaceLost(error) || (state !== undefined && passingStates.has(state));
}
