import type { EventBus } from '@localplus/event-bus';
import type { Logger } from '@localplus/logging';
import type { Pool } from 'pg';
import { OutboxLoop } from './outbox-loop.ts';
import { type OutboxLag, OutboxTable } from './outbox-table.ts';

/** What a publisher works with. */
export type OutboxPublisherSettings = {
  /** Of the subgraph's role. The publisher keeps one connection of it. */
  readonly pool: Pool;
  /** The schema that the table `outbox` stands in; also the source that the events name. */
  readonly schema: string;
  readonly bus: EventBus;
  /** Publishers with the same key take turns; `outbox <schema>` unless told. */
  readonly lockKey?: string;
  readonly logger: Logger;
};

/** Sends what stands in an outbox to the bus. */
export interface OutboxPublisher {
  /** To be called after a commit that wrote events. Never waits, never throws. */
  wake(): void;
  /** Whether this process is the one that publishes now. */
  readonly isActive: boolean;
  /** What waits for publication. Cheap enough for a metric, also after a long outage; any process may ask, active or not. */
  lag(): Promise<OutboxLag>;
  /** Finishes the publication under way and frees the lock. */
  close(): Promise<void>;
}

/**
 * Starts a publisher. Of all with the same lock one is active, the others take over within two seconds. Every event is
 * published at least once, those of a key in the order of their versions. Outages of the bus and of the database are
 * waited for.
 */
export function createOutboxPublisher(settings: OutboxPublisherSettings): OutboxPublisher {
  const { pool, schema, bus, logger, lockKey = `outbox ${schema}` } = settings;
  const table = new OutboxTable(schema);
  const loop = new OutboxLoop({ pool, bus, table, lockKey, logger: logger.child({ outbox: schema }) });
  return {
    wake: () => loop.wake(),
    get isActive() {
      return loop.isActive;
    },
    lag: () => table.lag(pool),
    close: () => loop.close(),
  };
}
