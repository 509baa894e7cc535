import { setTimeout as pause } from 'node:timers/promises';

const limitMs = 10_000;
const betweenMs = 20;

/**
 * Waits for a condition, looking again and again.
 * @throws when it does not come true in ten seconds
 */
export async function waitUntil(isTrue: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > until) throw new Error(`Waited in vain: ${what}.`);
    await pause(betweenMs);
  }
}
