import { sqlState } from '@localplus/postgres';
import { Overloaded, Unavailable } from '../domain/failures.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { type BatchResult, type BatchSettings, runBatch } from './run-batch.ts';

/** A dry run locks what it looks at, as a commit does. One at a time can never hold up more than a batch of the writer would. */
export const dryRunSlots = 1;
/** Each takes a few milliseconds: who comes after that many is better told so than kept waiting. */
const queueLengthMax = 64;
/** Locks that did not come in time. Nothing is lost with a dry run, so whoever asked decides whether to ask again. */
const contendedStates = new Set(['40001', '40P01', '55P03', '57014']);
/** What a full queue takes to drain. */
const retryAfterMs = 500;

/** Tries out what requests would come to, and writes nothing. It never takes a connection or a place from the writer. */
export class DryRunner {
  readonly #settings: BatchSettings;
  #waitingCount = 0;

  /** @param settings whose pool has `dryRunSlots` connections, which is what bounds the runs at a time */
  constructor(settings: BatchSettings) {
    this.#settings = settings;
  }

  /**
   * Decides requests in their order, each seeing what those before it would have left.
   * @throws Overloaded, Unavailable
   */
  async tryOut(requests: readonly OperationRequest[]): Promise<BatchResult> {
    if (this.#waitingCount >= queueLengthMax) throw new Overloaded(retryAfterMs);
    this.#waitingCount += 1;
    try {
      return await runBatch(this.#settings, requests, { isDryRun: true });
    } catch (error) {
      throw contendedStates.has(sqlState(error) ?? '') ? new Unavailable(error) : error;
    } finally {
      this.#waitingCount -= 1;
    }
  }
}
