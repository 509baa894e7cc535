import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '../connection.ts';

/** A deletion of some ten milliseconds: nobody waits for it, and little is to be done again when it breaks. */
const keysMax = 2_000;
/** The rest of the time belongs to money: keys of a busy day (a million) are gone in a minute. */
const betweenMs = 50;

const statement = { name: 'forget-old-keys', text: 'SELECT forget_old_keys($1) AS count', values: [keysMax] };

/**
 * Forgets idempotency keys that are older than they are promised, some at a time, until none is left or it is told to stop.
 * @returns how many
 */
export async function forgetOldKeys(sql: Sql, signal: AbortSignal): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const { rows } = await sql.query<{ count: number }>(statement);
    const count = rows[0]?.count ?? 0;
    total += count;
    if (count < keysMax) break;
    await pause(betweenMs);
  }
  return total;
}
