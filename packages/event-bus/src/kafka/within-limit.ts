import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@localplus/logging';

/**
 * Waits for the end of something that the broker notices by itself when it does not come. Logs a failure, and when it took
 * longer; never throws.
 */
export async function withinLimit(work: Promise<void>, limitMs: number, logger: Logger, what: string): Promise<void> {
  const timer = new AbortController();
  const finished = work.then(
    () => true,
    (error: unknown) => {
      logger.warn({ err: error }, `failed: ${what}`);
      return true;
    },
  );
  const tooLate = delay(limitMs, false, { signal: timer.signal }).catch(() => false);
  const isFinished = await Promise.race([finished, tooLate]);
  timer.abort();
  if (!isFinished) logger.warn({ limitMs }, `not awaited any longer: ${what}`);
}
