import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 5;

/** Waits until the condition holds. @throws after the deadline */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 5_000,
): Promise<void> {
  const givesUpAt = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > givesUpAt) throw new Error(`waited in vain until ${what}`);
    await pause(pollMs);
  }
}
