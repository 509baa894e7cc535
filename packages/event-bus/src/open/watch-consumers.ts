import type { Logger } from '@localplus/logging';
import type { Watchdog } from '../kafka/index.ts';

/** A consumer that was replaced and still stands after this needs a new process: half a minute is what joining again takes. */
const recoveryLimitMs = 60_000;

type Timer = ReturnType<typeof setTimeout>;

/** What is done about consumers that stand still. */
export type ConsumerWatch = {
  readonly logger: Logger;
  /** The process's own: while a consumer stands, it is not ready. */
  readonly health: { unready(reason: string): void; recovered(reason: string): void };
  /** Ends the process, for its supervisor to start it again; for tests. */
  readonly endProcess?: () => void;
  readonly limitMs?: number;
};

/** Makes a process unready while one of its consumers stands still, and ends it when that lasts. */
export function watchConsumers({ logger, health, endProcess, limitMs = recoveryLimitMs }: ConsumerWatch): Watchdog {
  const end = endProcess ?? (() => process.exit(1));
  const timers = new Map<string, Timer>();
  const reasonOf = (consumer: string) => `event consumer ${consumer}`;
  return {
    onStalled: (consumer) => {
      health.unready(reasonOf(consumer));
      if (timers.has(consumer)) return;
      const giveUp = () => {
        logger.fatal({ consumer, limitMs }, 'a consumer of events stood still and did not come back: the process ends');
        end();
      };
      timers.set(consumer, setTimeout(giveUp, limitMs).unref());
    },
    onRecovered: (consumer) => {
      clearTimeout(timers.get(consumer));
      timers.delete(consumer);
      health.recovered(reasonOf(consumer));
    },
  };
}
