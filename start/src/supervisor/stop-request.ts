/** One Ctrl-C arrives more than once: from the terminal, and from the package manager and the launcher above. */
const repeatedSignalMs = 1_000;

/** What to do about a signal. */
export type SignalMeaning = 'stop' | 'same press' | 'end at once';

/**
 * Tells what a signal means: the first one stops, repeats within a second are the same press, a later one ends at once.
 * @param sinceFirstMs time since the first signal; undefined when this is it
 */
export function signalMeaning(sinceFirstMs: number | undefined): SignalMeaning {
  if (sinceFirstMs === undefined) return 'stop';
  return sinceFirstMs <= repeatedSignalMs ? 'same press' : 'end at once';
}

/**
 * Waits for the wish to stop: a signal, or the end of the launcher above.
 * @returns a signal that aborts with the first wish
 */
export function listenForStop(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const receive = () => {
    const now = performance.now();
    const meaning = signalMeaning(firstAt === undefined ? undefined : now - firstAt);
    if (meaning === 'end at once') process.exit(1);
    if (meaning === 'same press') return;
    firstAt = now;
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, receive);
  if (process.connected) process.on('disconnect', () => controller.abort());
  return controller.signal;
}
