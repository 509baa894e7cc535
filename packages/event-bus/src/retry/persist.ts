import type { Logger } from '@localplus/logging';
import { backOffMs, pause } from './back-off.ts';

/** What is tried again, and until when. */
export type Persistence = {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** For the log: what could not be done. */
  readonly what: string;
  /** For the log: fields that say where, without a logger of their own for each piece of work. */
  readonly place?: Readonly<Record<string, unknown>>;
  /** Errors that are tried again; all of them unless told. */
  readonly isRetried?: (error: unknown) => boolean;
};

/**
 * Does something until it succeeds: at once, and after failures again with growing pauses, until the signal is aborted.
 * Logs the first failure and the end of the trouble.
 * @returns undefined when it failed and the signal was aborted
 * @throws the error that is not tried again
 */
export async function persist<Result>(
  work: () => Promise<Result>,
  { signal, logger, what, place, isRetried = () => true }: Persistence,
): Promise<{ result: Result } | undefined> {
  let failures = 0;
  do {
    try {
      const result = await work();
      if (failures > 0) logger.info({ ...place, failures }, `recovered: ${what}`);
      return { result };
    } catch (error) {
      if (!isRetried(error)) throw error;
      failures += 1;
      if (failures === 1) logger.warn({ ...place, err: error }, `will be tried again: ${what}`);
      await pause(backOffMs(failures), signal);
    }
  } while (!signal.aborted);
  return undefined;
}
