import type { TransactionClient } from './append-to-outbox.ts';

/**
 * Notes in the transaction of an effect that a consumer has handled an event.
 * @param eventId the header `ce_id`
 * @returns false when it had been handled before: then the effect must not be made again
 */
export async function recordOnce(client: TransactionClient, consumer: string, eventId: string): Promise<boolean> {
  const recorded = await recordEachOnce(client, consumer, [eventId]);
  return recorded.has(eventId);
}

/**
 * The same for a batch, in one round trip.
 * @returns the identifiers that had not been handled before
 */
export async function recordEachOnce(
  client: TransactionClient,
  consumer: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  // In one order, so that two transactions with the same events do not wait for each other in a circle.
  const { rows } = await client.query<{ event_id: string }>(
    `insert into inbox (consumer, event_id)
     select $1, e.event_id from (select distinct unnest($2::text[]) as event_id) e order by e.event_id
     on conflict on constraint inbox_pkey do nothing
     returning event_id`,
    [consumer, [...eventIds]],
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

/**
 * Forgets what was handled so long ago that no topic has it any more.
 * @param olderThanMs more than the longest retention of the topics that are consumed
 */
export async function forgetRecorded(client: TransactionClient, olderThanMs: number): Promise<void> {
  await client.query(`delete from inbox where recorded_at < now() - $1::double precision * interval '1 ms'`, [
    olderThanMs,
  ]);
}
