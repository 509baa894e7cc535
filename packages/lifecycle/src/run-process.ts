import type { Logger } from '@localplus/logging';

/** One Ctrl-C reaches a process more than once: by the terminal and by the package manager above it. */
const repeatedSignalMs = 1_000;
/** The supervisor promises an end within 3 s; the rest is for PostgreSQL. */
const drainLimitMs = 2_500;

interface ProcessDefinition {
  logger: Logger;
  /** Opens everything; resolves when ready. */
  start: () => Promise<{ stop(): Promise<void> }>;
}

/**
 * Runs a process from start to end: announces readiness to a supervisor, drains at the first signal or when the supervisor
 * is gone, ends at once at a second signal. Exit code 0 after a drain, 1 with one line on standard error otherwise.
 */
export async function runProcess({ logger, start }: ProcessDefinition): Promise<void> {
  let running: { stop(): Promise<void> } | undefined;
  let drainStartedAt: number | undefined;

  const drain = async (reason: string) => {
    const now = performance.now();
    if (drainStartedAt !== undefined) {
      if (reason !== 'supervisor gone' && now - drainStartedAt > repeatedSignalMs) process.exit(1);
      return;
    }
    drainStartedAt = now;
    logger.info({ reason }, 'draining');
    setTimeout(() => {
      logger.error('the drain took too long');
      process.exit(1);
    }, drainLimitMs).unref();
    await running?.stop();
    logger.flush();
    process.exit(0);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void drain(signal));
  if (process.connected) process.on('disconnect', () => void drain('supervisor gone'));

  try {
    running = await start();
  } catch (error) {
    logger.fatal({ err: error }, 'the process could not start');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  process.send?.({ type: 'ready' });
}
