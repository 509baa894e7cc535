/** A request that leaves later than this after its time counts as late. */
const lateAfterMs = 10;

/** What is sent, and how often. */
export interface OpenLoop {
  perSecond: number;
  durationMs: number;
  /** Ends it early. */
  signal: AbortSignal;
  /** Sends one request; throws when the answer is not the wanted one. */
  send: (index: number, dueAtMs: number) => Promise<void>;
}

/** How a schedule was kept. */
export interface OpenLoopResult {
  sent: number;
  errors: number;
  /** How many left more than 10 ms after their time. */
  late: number;
  elapsedMs: number;
}

/**
 * Sends by the clock, whether or not the answers come: a platform that is slow is not asked less. Ends with the last answer.
 * @throws the reason of the signal
 */
export async function runOpenLoop({ perSecond, durationMs, signal, send }: OpenLoop): Promise<OpenLoopResult> {
  const answers: Promise<void>[] = [];
  let [errors, late] = [0, 0];
  const count = Math.round((perSecond * durationMs) / 1_000);
  const startedAtMs = Date.now();
  const started = performance.now();
  for (let index = 0; index < count && !signal.aborted; index += 1) {
    const dueAfterMs = (index * 1_000) / perSecond;
    const earlyMs = dueAfterMs - (performance.now() - started);
    if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
    const lateMs = performance.now() - started - dueAfterMs;
    if (lateMs > lateAfterMs) late += 1;
    answers.push(
      send(index, startedAtMs + dueAfterMs).catch((error: unknown) => {
        errors += 1;
        if (errors === 1) console.error('The first error of this round:', error);
      }),
    );
  }
  const elapsedMs = performance.now() - started;
  await Promise.all(answers);
  signal.throwIfAborted();
  return { sent: count, errors, late, elapsedMs };
}
