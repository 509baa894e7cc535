import { type EventBus, EventRejected } from '@localplus/event-bus';
import { backOffMs, pause, WakeUp } from '@localplus/event-bus/retry';
import type { Logger } from '@localplus/logging';
import type { Pool, PoolClient } from 'pg';
import {
  BATCH_ROWS_MAX,
  LOCK_POLL_INTERVAL_MS,
  POLL_INTERVAL_MS,
  PURGE_INTERVAL_MS,
  SESSION_IDLE_MAX_MS,
} from './limits.ts';
import type { OutboxTable, PendingEvent } from './outbox-table.ts';

/**
 * A lost mark publishes an event twice, which delivery at least once allows. The table is read along its index, whatever
 * the statistics say: with a backlog the planner would sort all of it for each batch.
 */
const sessionSettings = `
  set synchronous_commit = off;
  set idle_session_timeout = ${SESSION_IDLE_MAX_MS};
  set enable_sort = off; set enable_bitmapscan = off; set enable_seqscan = off`;

type LoopParts = {
  readonly pool: Pool;
  readonly bus: EventBus;
  readonly table: OutboxTable;
  readonly lockKey: string;
  readonly logger: Logger;
};

/**
 * The life of a publisher: get a connection, get the lock, publish. Reading and marking use the connection that holds
 * the lock: who has lost the lock can do neither.
 */
export class OutboxLoop {
  readonly #parts: LoopParts;
  readonly #wakeUp = new WakeUp();
  readonly #closing = new AbortController();
  readonly #poll: NodeJS.Timeout;
  readonly #purgeTimer: NodeJS.Timeout;
  readonly #running: Promise<void>;
  #purge = Promise.resolve();
  #failures = 0;
  #isActive = false;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#poll = setInterval(() => this.#wakeUp.call(), POLL_INTERVAL_MS);
    this.#purgeTimer = setInterval(() => this.#purgeWhenActive(), PURGE_INTERVAL_MS);
    this.#running = this.#run();
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  wake(): void {
    this.#wakeUp.call();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#poll);
    clearInterval(this.#purgeTimer);
    this.#wakeUp.call();
    await this.#running;
    await this.#purge;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#holdConnection();
      } catch (error) {
        await this.#backOff(error, 'the database');
      }
    }
  }

  async #holdConnection(): Promise<void> {
    const client = await this.#parts.pool.connect();
    try {
      await client.query(sessionSettings);
      while (!this.#closing.signal.aborted && !(await this.#tryLock(client))) {
        await pause(LOCK_POLL_INTERVAL_MS, this.#closing.signal);
      }
      this.#isActive = !this.#closing.signal.aborted;
      if (this.#isActive) await this.#publishAll(client);
    } finally {
      this.#isActive = false;
      // Not back into the pool: the session has settings of its own, and its end frees the lock.
      client.release(true);
    }
  }

  async #tryLock(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
      [this.#parts.lockKey],
    );
    return rows[0]?.locked === true;
  }

  /** Publishes batch after batch until closed. Each is marked with the reading of the next, the last one at the end. */
  async #publishAll(client: PoolClient): Promise<void> {
    const { table } = this.#parts;
    let published: readonly PendingEvent[] = [];
    while (!this.#closing.signal.aborted) {
      const pending = await table.next(client, published, BATCH_ROWS_MAX);
      published = pending.length > 0 && (await this.#publish(client, pending)) ? pending : [];
      if (pending.length === 0) {
        this.#noteRecovery();
        await this.#wakeUp.sleep();
      }
    }
    if (published.length > 0) await table.next(client, published, 0);
  }

  /** @returns whether all of it is published */
  async #publish(client: PoolClient, pending: readonly PendingEvent[]): Promise<boolean> {
    try {
      await this.#parts.bus.publish(pending.map(({ event }) => event));
    } catch (error) {
      if (error instanceof EventRejected) await this.#setAside(client, pending[error.index], error);
      else await this.#backOff(error, 'the event bus');
      return false;
    }
    this.#noteRecovery();
    return true;
  }

  async #setAside(client: PoolClient, pending: PendingEvent | undefined, { reason }: EventRejected): Promise<void> {
    if (!pending) return;
    await this.#parts.table.markRejected(client, pending, reason);
    const { topic } = pending.event;
    this.#parts.logger.error(
      { topic, position: pending.position.toString(), reason },
      'an event can never be published and was set aside in the outbox',
    );
  }

  async #backOff(error: unknown, whom: string): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#failures += 1;
    if (this.#failures === 1) this.#parts.logger.warn({ err: error }, `publishing waits for ${whom}`);
    await pause(backOffMs(this.#failures), this.#closing.signal);
  }

  #noteRecovery(): void {
    if (this.#failures > 0) this.#parts.logger.info({ failures: this.#failures }, 'publishing goes on');
    this.#failures = 0;
  }

  #purgeWhenActive(): void {
    if (!this.#isActive) return;
    const { table, pool, logger } = this.#parts;
    this.#purge = this.#purge
      .then(() => table.purge(pool))
      .catch((error: unknown) => logger.warn({ err: error }, 'published events were not purged; it is tried again'));
  }
}
