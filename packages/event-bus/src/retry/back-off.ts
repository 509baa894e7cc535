import { setTimeout as delay } from 'node:timers/promises';
import { RETRY_FIRST_MS, RETRY_MAX_MS } from './limits.ts';

/**
 * How long to wait before an attempt, in milliseconds: doubled each time, half of it by chance.
 * @param attempt how many have failed, from 1
 */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const ceilingMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (attempt - 1));
  return ceilingMs / 2 + (random() * ceilingMs) / 2;
}

/** Waits; ends at once, without an error, when the signal is aborted. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
