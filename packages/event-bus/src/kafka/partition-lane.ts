import { setTimeout as delay } from 'node:timers/promises';
import type { StoredRecord } from '../stored-record.ts';
import { PREFETCH_RECORDS_MAX } from './limits.ts';

/** What a lane moves records with. */
export type LaneSettings = {
  readonly topic: string;
  readonly partition: number;
  /** The first offset to handle. */
  readonly position: bigint;
  readonly batchSizeMax: number;
  readonly isPaused: () => boolean;
  /**
   * Handles records and returns how many, from the first, are done. Fewer only when aborted or lost. Never throws. None may be
   * given at the beginning, and after `call`.
   */
  readonly handle: (records: readonly StoredRecord[], signal: AbortSignal) => Promise<number>;
};

/**
 * One partition on its way to the handler, while this process has it: batch after batch, in order. A slow handler holds up its
 * own partition alone: the others are fetched on, and this one again when there is room.
 */
export class PartitionLane {
  readonly #settings: LaneSettings;
  readonly #stop = new AbortController();
  #queue: StoredRecord[] = [];
  #fetchPosition: bigint;
  #position: bigint;
  #running: Promise<void> | undefined;
  #isCalled = true;
  #room = Promise.withResolvers<void>();
  #resumeFetching: (() => void) | undefined;

  constructor(settings: LaneSettings) {
    this.#settings = settings;
    this.#position = settings.position;
    this.#fetchPosition = settings.position;
  }

  get topic(): string {
    return this.#settings.topic;
  }

  get partition(): number {
    return this.#settings.partition;
  }

  /** Where the next fetch has to begin. One that began elsewhere is of another time. */
  get fetchPosition(): bigint {
    return this.#fetchPosition;
  }

  /** The next offset to handle. */
  get position(): bigint {
    return this.#position;
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Takes records that were fetched. @param end the offset after all that the fetch covered */
  take(records: readonly StoredRecord[], end: bigint): void {
    this.#queue.push(...records);
    this.#fetchPosition = end;
    this.wake();
  }

  /** Goes on at a later offset: what stood between has been removed from the log. */
  skipTo(offset: bigint): void {
    this.#fetchPosition = offset;
    if (this.#queue.length === 0 && !this.#running) this.#position = offset;
  }

  /** Waits until the partition may be fetched again. @returns whether it may, after the patience at the latest */
  async hasRoomWithin(patienceMs: number): Promise<boolean> {
    if (!this.#isFull) return true;
    const timer = new AbortController();
    const patience = delay(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#room.promise, patience]);
    timer.abort();
    return !this.#isFull || this.isStopped;
  }

  /** Calls back when there is room again, or the lane ends. */
  whenRoom(resumeFetching: () => void): void {
    this.#resumeFetching = resumeFetching;
    if (!this.#isFull || this.isStopped) this.#announceRoom();
  }

  /** Something is to be done also without records: when the running batch has ended. */
  call(): void {
    this.#isCalled = true;
    this.wake();
  }

  /** Starts handling if there is something to handle and nothing against it. */
  wake(): void {
    if (this.#running || this.isStopped || this.#settings.isPaused() || !this.#hasWork) return;
    this.#running = this.#run();
  }

  /** Starts no further batch. Resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#announceRoom();
    await this.#running;
  }

  get #hasWork(): boolean {
    return this.#queue.length > 0 || this.#isCalled;
  }

  get #isFull(): boolean {
    return this.#queue.length >= PREFETCH_RECORDS_MAX;
  }

  async #run(): Promise<void> {
    const { batchSizeMax, handle, isPaused } = this.#settings;
    while (this.#hasWork && !this.isStopped && !isPaused()) {
      this.#isCalled = false;
      const batch = this.#queue.slice(0, batchSizeMax);
      const handled = await handle(batch, this.#stop.signal);
      const last = batch[handled - 1];
      if (last) this.#position = last.offset + 1n;
      this.#queue.splice(0, handled);
      if (!this.#isFull) this.#announceRoom();
      if (handled < batch.length) break;
    }
    if (this.#queue.length === 0) this.#position = this.#fetchPosition;
    this.#running = undefined;
  }

  #announceRoom(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
    this.#resumeFetching?.();
    this.#resumeFetching = undefined;
  }
}
