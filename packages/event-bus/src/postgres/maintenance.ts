import type { Logger } from '@localplus/logging';
import { withTransaction } from '@localplus/postgres';
import type { Pool } from 'pg';
import { MAINTENANCE_INTERVAL_MS, MAINTENANCE_ROUNDS_MAX, MAINTENANCE_ROWS_MAX } from './limits.ts';

/**
 * Removes records whose retention has ended, and in compacted topics those that a newer record of their key replaces.
 * Bounded: what is left waits for the next run. Does nothing while another process does it.
 */
export async function maintain(pool: Pool): Promise<void> {
  for (const work of ['expire_records', 'compact_records']) {
    for (let round = 0; round < MAINTENANCE_ROUNDS_MAX; round += 1) {
      if ((await runOnce(pool, work)) < MAINTENANCE_ROWS_MAX) break;
    }
  }
}

/** @returns how many records were dealt with; 0 when another process is at it */
async function runOnce(pool: Pool, work: string): Promise<bigint> {
  return withTransaction(pool, async (client) => {
    const lock = await client.query<{ locked: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('bus maintenance', 0)) as locked`,
    );
    if (!lock.rows[0]?.locked) return 0n;
    const { rows } = await client.query<{ records: bigint }>(`select ${work}($1) as records`, [MAINTENANCE_ROWS_MAX]);
    return rows[0]?.records ?? 0n;
  });
}

/** Runs the maintenance from time to time until told to stop; then waits for the run under way. */
export function startMaintenance(pool: Pool, logger: Logger): { stop(): Promise<void> } {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= maintain(pool)
      .catch((error: unknown) => logger.warn({ err: error }, 'the maintenance of the event bus failed; it runs again'))
      .finally(() => {
        running = undefined;
      });
  }, MAINTENANCE_INTERVAL_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
