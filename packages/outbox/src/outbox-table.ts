import type { OutgoingEvent } from '@localplus/event-bus';
import { cloudEventHeaders, type JsonValue } from '@localplus/event-bus';
import { fromUuid } from '@localplus/identifiers';
import { quoteName } from '@localplus/postgres';
import type { ClientBase, Pool } from 'pg';
import { LAG_EVENTS_MAX, PUBLISHED_KEPT_MS, PURGE_ROUNDS_MAX, PURGE_ROWS_MAX } from './limits.ts';

/** An unpublished row and the event that it becomes. */
export type PendingEvent = { readonly position: bigint; readonly event: OutgoingEvent };

/** How far a publisher is behind the commits. */
export type OutboxLag = {
  /** Committed events that wait for publication; more than 100,000 count as 100,000. */
  readonly pendingEvents: number;
  /** For how long the oldest of them has waited; 0 when none does. */
  readonly oldestPendingAgeMs: number;
};

type OutboxRow = {
  position: bigint;
  id: string;
  topic: string;
  key: string;
  aggregate_version: bigint;
  value: JsonValue;
  headers: Record<string, string>;
  created_at: Date;
};

/** The outbox of one schema, as its publisher uses it. */
export class OutboxTable {
  readonly #name: string;
  readonly #source: string;

  constructor(schema: string) {
    this.#name = `${quoteName(schema)}.outbox`;
    this.#source = `/localplus/${schema}`;
  }

  /**
   * Notes what is published, and reads what comes next, in one round trip: the next batch never waits for a mark.
   * @returns the oldest unpublished events, each key's in the order of its versions
   */
  async next(client: ClientBase, published: readonly PendingEvent[], rowsMax: number): Promise<PendingEvent[]> {
    const { rows } = await client.query<OutboxRow>({
      name: 'next-events',
      // Both halves see the table as it was before the statement.
      text: `with marked as (
               update ${this.#name} set published_at = clock_timestamp() where position = any ($1::bigint[])
             )
             select * from (
               select position, id, topic, key, aggregate_version, value, headers, created_at
               from ${this.#name}
               where published_at is null and rejection is null and position <> all ($1::bigint[])
               order by position limit $2
             ) oldest order by aggregate_version, position`,
      values: [published.map(({ position }) => position), rowsMax],
    });
    return rows.map((row) => ({ position: row.position, event: this.#toEvent(row) }));
  }

  #toEvent({ id, topic, key, value, headers, created_at, aggregate_version }: OutboxRow): OutgoingEvent {
    const envelope = cloudEventHeaders({
      id: fromUuid('evt', id),
      type: topic,
      source: this.#source,
      time: created_at,
      aggregateVersion: aggregate_version,
    });
    return { topic, key, value, headers: { ...headers, ...envelope } };
  }

  /** Sets a row aside that the bus can never accept. */
  async markRejected(client: ClientBase, { position }: PendingEvent, reason: string): Promise<void> {
    await client.query(`update ${this.#name} set rejection = $2 where position = $1`, [position, reason]);
  }

  /** Deletes rows that were published a while ago. */
  async purge(pool: Pool): Promise<void> {
    for (let round = 0; round < PURGE_ROUNDS_MAX; round += 1) {
      // Looks at the oldest rows alone, so that it needs no index of its own.
      const { rowCount } = await pool.query(
        `delete from ${this.#name} where position in (
           select position from (select position, published_at from ${this.#name} order by position limit $1) oldest
           where published_at < clock_timestamp() - $2::integer * interval '1 ms')`,
        [PURGE_ROWS_MAX, PUBLISHED_KEPT_MS],
      );
      if ((rowCount ?? 0) < PURGE_ROWS_MAX) return;
    }
  }

  /** What waits; reads no more rows than it counts, along the index. */
  async lag(pool: Pool): Promise<OutboxLag> {
    const waiting = `from ${this.#name} where published_at is null and rejection is null order by position`;
    const { rows } = await pool.query<{ pending: bigint; oldest_age_ms: number }>({
      name: 'outbox-lag',
      text: `select (select count(*) from (select position ${waiting} limit $1) counted) as pending,
                    coalesce((select extract(epoch from clock_timestamp() - created_at) * 1000 ${waiting} limit 1),
                             0)::double precision as oldest_age_ms`,
      values: [LAG_EVENTS_MAX],
    });
    return {
      pendingEvents: Number(rows[0]?.pending ?? 0n),
      oldestPendingAgeMs: Math.max(0, rows[0]?.oldest_age_ms ?? 0),
    };
  }
}
