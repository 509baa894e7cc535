import type { OutboxEvent } from './outbox-event.ts';

/** What runs SQL inside a transaction: a `pg` client, or whatever has its `query`. */
export type TransactionClient = {
  query<Row extends object>(text: string, values: unknown[]): Promise<{ rows: Row[] }>;
};

/**
 * Writes events into the outbox of the transaction's schema. To be called while the aggregates' rows are locked, in the
 * transaction that raised their versions. The events are published after the commit; `wake()` of the publisher hastens it.
 */
export async function appendToOutbox<Topic extends string>(
  client: TransactionClient,
  events: readonly OutboxEvent<Topic>[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ topic, key, aggregateVersion, value, headers = {} }: OutboxEvent) => ({
    topic,
    key,
    aggregate_version: aggregateVersion.toString(),
    value,
    headers,
  }));
  await client.query(
    `insert into outbox (topic, key, aggregate_version, value, headers)
     select topic, key, aggregate_version, value, headers
     from jsonb_to_recordset($1::jsonb) as e (topic text, key text, aggregate_version bigint, value jsonb, headers jsonb)
     order by aggregate_version`,
    [JSON.stringify(rows)],
  );
}
