import { setTimeout as pause } from 'node:timers/promises';
import { constraintName, sqlState, withRetry } from '@localplus/postgres';
import type { Pool } from 'pg';
import type { BalanceChange } from '../domain/balance-change.ts';
import { Overloaded, Unavailable } from '../domain/failures.ts';
import type { PostingOutcome, PostingRequest } from '../domain/posting.ts';
import { isConnectionLost } from './connection-loss.ts';
import { postBatch } from './post-batch.ts';

/** Measured on two cores: beyond 32 a batch only makes those in it wait longer. */
const batchSizeMax = 32;
/** One batch commits while the next is computed; a third would only wait for the locks of these two. */
export const writerSlots = 2;
/** About half a second of work at full speed: who comes after that is better told so than kept waiting. */
const queueLengthMax = 2_048;
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
export type WrittenOutcome = PostingOutcome & { balanceState: BalanceState };

interface WriterSettings {
  /** At least `writerSlots` connections of its own. */
  pool: Pick<Pool, 'query'>;
  /** Called right after a commit that brought events. */
  wakeOutbox: () => void;
  /** Tells the wallet what was committed; awaited before the answer. Never rejects. */
  tellWallet: (changes: readonly BalanceChange[]) => Promise<BalanceState>;
}

interface Waiting {
  request: PostingRequest;
  queuedAt: number;
  resolve: (outcome: WrittenOutcome) => void;
  reject: (error: unknown) => void;
}

/**
 * Posts requests in groups: what arrived together shares one transaction. A group closes when one of two slots is free, so
 * a lone request waits for nobody, and groups grow with the load.
 */
export class PostingWriter {
  readonly #settings: WriterSettings;
  readonly #queue: Waiting[] = [];
  readonly #running = new Set<Promise<void>>();
  #busySlots = 0;
  #isStopping = false;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
  }

  /**
   * Posts a request once, whatever happens on the way: its key makes another attempt safe.
   * @throws Overloaded when it was not taken; Unavailable when it is not known whether it was posted, or time ran out
   */
  post(request: PostingRequest): Promise<WrittenOutcome> {
    if (this.#isStopping || this.#queue.length >= queueLengthMax) return Promise.reject(new Overloaded(retryAfterMs));
    const { promise, resolve, reject } = Promise.withResolvers<WrittenOutcome>();
    this.#queue.push({ request, queuedAt: performance.now(), resolve, reject });
    this.#fillSlots();
    return promise;
  }

  /** Takes nothing new; resolves when everything that was taken is answered. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #fillSlots(): void {
    while (this.#busySlots < writerSlots && this.#queue.length > 0) {
      this.#busySlots += 1;
      const batch = this.#takeBatch();
      this.#track(
        this.#commit(batch).then(() => {
          this.#busySlots -= 1;
          this.#fillSlots();
        }),
      );
    }
  }

  #takeBatch(): Waiting[] {
    const tooLate = performance.now() - queueTimeLimitMs;
    const batch = this.#queue.splice(0, batchSizeMax);
    for (const waiting of batch) if (waiting.queuedAt < tooLate) waiting.reject(new Overloaded(retryAfterMs));
    return batch.filter(({ queuedAt }) => queuedAt >= tooLate);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Commits a batch and frees its slot; the answers follow when the wallet was told. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const outcomes = await this.#post(batch.map(({ request }) => request));
      this.#track(this.#answer(batch, outcomes));
    } catch (error) {
      if (isPassing(error)) {
        for (const { reject } of batch) reject(new Unavailable(error));
      } else if (batch.length > 1) {
        // A request that PostgreSQL will not have must not take its neighbours with it. Their keys make it safe.
        for (const waiting of batch) await this.#commit([waiting]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  async #post(requests: readonly PostingRequest[]): Promise<PostingOutcome[]> {
    const givesUpAt = performance.now() + commitTimeLimitMs;
    for (;;) {
      const deadlineMs = givesUpAt - performance.now();
      try {
        return await withRetry(() => postBatch(this.#settings.pool, requests), { deadlineMs });
      } catch (error) {
        const isRunAgain = isConnectionLost(error) || isKeyRaceLost(error);
        if (!isRunAgain || performance.now() + reconnectPauseMs >= givesUpAt) throw error;
        if (!isKeyRaceLost(error)) await pause(reconnectPauseMs);
      }
    }
  }

  async #answer(batch: readonly Waiting[], outcomes: readonly PostingOutcome[]): Promise<void> {
    const changes = outcomes.flatMap((outcome) => ('change' in outcome ? [outcome.change] : []));
    if (changes.length > 0) this.#settings.wakeOutbox();
    const told = changes.length > 0 ? this.#settings.tellWallet(changes) : undefined;
    const settle = (isWaitingForWallet: boolean, balanceState: BalanceState) => {
      for (const [index, { resolve }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined && 'change' in outcome === isWaitingForWallet) resolve({ ...outcome, balanceState });
      }
    };
    settle(false, 'CURRENT');
    if (told !== undefined) settle(true, await told);
  }
}

/** Another batch brought the same key for another holder and committed first; now its key can be seen. */
function isKeyRaceLost(error: unknown): boolean {
  return sqlState(error) === '23505' && constraintName(error) === 'idempotency_pkey';
}

/** Whether the fault lies in the moment and not in the batch: the same batch may succeed later. */
function isPassing(error: unknown): boolean {
  const state = sqlState(error);
  return isConnectionLost(error) || isKeyRaceLost(error) || (state !== undefined && passingStates.has(state));
}
