import type { Logger } from '@localplus/logging';
import type { Pool } from 'pg';
import { persist } from '../retry/persist.ts';
import { WakeUp } from '../retry/wake-up.ts';
import type { StoredRecord } from '../stored-record.ts';
import { POLL_INTERVAL_MS } from './limits.ts';
import { isCutOff, readRecords } from './record-reader.ts';
import type { CatalogPartition } from './topic-catalog.ts';

type Cursor<Partition> = {
  readonly partition: Partition;
  readonly stop: AbortController;
  position: bigint;
  /** Whether there may be records from `position` on. */
  isDirty: boolean;
  /** Whether there is something to do also without records. */
  isCalled: boolean;
  running: Promise<void> | undefined;
};

/** What a pump moves records with. */
export type PumpSettings<Partition extends CatalogPartition> = {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly batchSizeMax: number;
  /**
   * Handles records of a partition and returns how many, from the first, are done. Fewer only when aborted or lost. None are
   * given at the beginning, and after `call`.
   */
  readonly handle: (partition: Partition, records: readonly StoredRecord[], signal: AbortSignal) => Promise<number>;
};

/**
 * Moves records from the log to a handler: one batch of a partition at a time and in order, partitions side by side.
 * Nothing is read ahead: a slow handler holds back its own partition alone.
 */
export class PartitionPump<Partition extends CatalogPartition> {
  readonly #settings: PumpSettings<Partition>;
  readonly #cursors = new Map<number, Cursor<Partition>>();
  /** Batches of partitions that were taken away, still running. */
  readonly #leaving = new Map<number, Promise<void>>();
  readonly #wakeUp = new WakeUp();
  readonly #closing = new AbortController();
  readonly #poll: NodeJS.Timeout;
  readonly #loop: Promise<void>;
  #isPaused = false;

  constructor(settings: PumpSettings<Partition>) {
    this.#settings = settings;
    this.#poll = setInterval(() => this.wake(), POLL_INTERVAL_MS);
    this.#loop = this.#run();
  }

  /** Begins with a partition at an offset, after the batch that still runs from an earlier time. */
  add(partition: Partition, position: bigint): void {
    if (this.#closing.signal.aborted) return;
    const cursor: Cursor<Partition> = {
      partition,
      position,
      stop: new AbortController(),
      isDirty: true,
      isCalled: true,
      running: undefined,
    };
    cursor.running = this.#leaving.get(partition.id)?.then(() => {
      cursor.running = undefined;
      this.#wakeUp.call();
    });
    this.#cursors.set(partition.id, cursor);
    this.#wakeUp.call();
  }

  /** Starts no further batch of a partition. Resolves when the running one has ended. */
  async remove(partitionId: number): Promise<void> {
    const cursor = this.#cursors.get(partitionId);
    if (cursor) {
      this.#cursors.delete(partitionId);
      cursor.stop.abort();
      const left = Promise.resolve(cursor.running).then(() => {
        if (this.#leaving.get(partitionId) === left) this.#leaving.delete(partitionId);
      });
      this.#leaving.set(partitionId, left);
    }
    await this.#leaving.get(partitionId);
  }

  /** The next offset to handle, of every partition here. */
  positions(): ReadonlyMap<number, bigint> {
    return new Map([...this.#cursors.values()].map(({ partition, position }) => [partition.id, position]));
  }

  /** Every partition here. */
  partitions(): readonly Partition[] {
    return [...this.#cursors.values()].map(({ partition }) => partition);
  }

  /** There may be new records: in some partitions of a topic, or anywhere. */
  wake(topic?: string, partitions?: readonly number[]): void {
    for (const cursor of this.#cursors.values()) {
      const { partition } = cursor;
      if (topic !== undefined && partition.topic !== topic) continue;
      if (partitions !== undefined && !partitions.includes(partition.partition)) continue;
      cursor.isDirty = true;
    }
    this.#wakeUp.call();
  }

  /** Something is to be done in every partition, also without records: when the running batch has ended. */
  call(): void {
    for (const cursor of this.#cursors.values()) cursor.isCalled = true;
    this.wake();
  }

  /** Starts no further batch until `resume`. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#isPaused = false;
    this.wake();
  }

  /** Starts no further batch. Resolves when all running ones have ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#poll);
    this.#wakeUp.call();
    await this.#loop;
    await Promise.all([...this.#cursors.keys(), ...this.#leaving.keys()].map((id) => this.remove(id)));
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const idle = [...this.#cursors.values()].filter(({ isDirty, running }) => isDirty && !running);
      if (this.#isPaused || idle.length === 0) {
        await this.#wakeUp.sleep();
      } else {
        await this.#startBatches(idle);
      }
    }
  }

  async #startBatches(cursors: readonly Cursor<Partition>[]): Promise<void> {
    const { pool, logger, batchSizeMax } = this.#settings;
    const positions = cursors.map((cursor) => {
      cursor.isDirty = false;
      return { ...cursor.partition, position: cursor.position };
    });
    const read = await persist(() => readRecords(pool, positions, batchSizeMax), {
      signal: this.#closing.signal,
      logger,
      what: 'reading events',
    });
    for (const cursor of cursors) {
      const records = read?.result.get(cursor.partition.id);
      if (cursor.stop.signal.aborted || this.#closing.signal.aborted) continue;
      if (!records && !cursor.isCalled) continue;
      if (this.#isPaused) cursor.isDirty = true;
      else cursor.running = this.#handleBatch(cursor, records ?? []);
    }
  }

  async #handleBatch(cursor: Cursor<Partition>, records: readonly StoredRecord[]): Promise<void> {
    const { logger, handle } = this.#settings;
    const { signal } = cursor.stop;
    cursor.isCalled = false;
    this.#warnOfGap(cursor, records);
    const handled = await persist(() => handle(cursor.partition, records, signal), {
      signal,
      logger,
      what: 'handling a batch of events',
    });
    const last = records[(handled?.result ?? 0) - 1];
    if (last) cursor.position = last.offset + 1n;
    cursor.running = undefined;
    // Read to the end, there is nothing more until somebody wakes it: whoever published meanwhile has.
    if (handled?.result !== records.length || isCutOff(records, this.#settings.batchSizeMax)) cursor.isDirty = true;
    this.#wakeUp.call();
  }

  /** Who was away longer than the records are kept should know it. In a compacted topic gaps mean nothing. */
  #warnOfGap({ partition, position }: Cursor<Partition>, [first]: readonly StoredRecord[]): void {
    if (!first || partition.isCompacted || position === 0n || first.offset === position) return;
    const { topic } = partition;
    const missed = (first.offset - position).toString();
    this.#settings.logger.error(
      { topic, partition: partition.partition, missed },
      'records were removed before this consumer had read them',
    );
  }
}
