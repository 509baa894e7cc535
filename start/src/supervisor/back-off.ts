/** A process that died once is back before anybody minds. */
const firstDelayMs = 200;
/** One that keeps dying does not eat the machine, and is tried often enough to be back soon after the cause is gone. */
const longestDelayMs = 5_000;
/** After a run this long an earlier death says nothing about the next one. */
const quietRunMs = 30_000;

/**
 * How long to wait before a dead process is started again, in milliseconds: doubled with each death, from the beginning
 * after a quiet run.
 * @param previousDelayMs what was waited before the run that ended; undefined where it was the first
 * @param ranForMs how long that run was
 */
export function restartDelayMs(previousDelayMs: number | undefined, ranForMs: number): number {
  if (previousDelayMs === undefined || ranForMs >= quietRunMs) return firstDelayMs;
  return Math.min(previousDelayMs * 2, longestDelayMs);
}
