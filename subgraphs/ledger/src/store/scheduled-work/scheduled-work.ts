import type { Logger } from '@localplus/logging';
import type { PgBoss } from 'pg-boss';
import { Overloaded } from '../../domain/failures.ts';
import { forgetOldKeys } from './forget-keys.ts';
import { openQueue } from './open-queue.ts';
import { type HolderJob, queues } from './queues.ts';
import { type Settling, settleDue, settleHolder } from './settle-due.ts';

/** A screen that shows points as active a second or two after they are is fine; nobody spends too early or too late by it. */
const sweepEverySeconds = 1;
const sweepPollSeconds = 0.5;
/** Well before the job counts as lost. What is due then still, the next one does. */
const sweepMaxMs = 5_000;
/** What failed waits for seconds to an hour anyway. */
const retryPollSeconds = 2;
const nightlyPollSeconds = 30;
/** At a quiet hour in Europe. */
const nightly = '17 2 * * *';
/** Begins the sweeps again, should the chain of them ever break: each sends the next one. */
const everyMinute = '* * * * *';
/** Jobs whose worker is gone are found within this time. */
const superviseEverySeconds = 15;
/** Longer than a page of holders or a deletion takes. */
const stopMaxMs = 2_000;

interface ScheduledWorkSettings extends Settling {
  connectionString: string;
  logger: Logger;
}

/** Work that the ledger does by itself. */
export interface ScheduledWork {
  /** Takes up nothing new; resolves when what was taken up is done. */
  stop(): Promise<void>;
}

/**
 * Takes part in the work that the ledger does by itself: what falls due, and keys that may be forgotten. Processes share it
 * through one queue; when one dies the others go on.
 */
export async function startScheduledWork(settings: ScheduledWorkSettings): Promise<ScheduledWork> {
  const { connectionString, logger, sql } = settings;
  const stopping = new AbortController();
  const queue = await openQueue(connectionString, logger, {
    instanceName: 'ledger',
    superviseIntervalSeconds: superviseEverySeconds,
    monitorIntervalSeconds: superviseEverySeconds,
  });
  await queue.schedule(queues.settleDue, everyMinute);
  await queue.schedule(queues.forgetKeys, nightly);
  await queue.send(queues.settleDue);

  await queue.work(queues.settleDue, { pollingIntervalSeconds: sweepPollSeconds }, async () => {
    // First, so that whatever becomes of this one there is a next one.
    await queue.send(queues.settleDue, null, { startAfter: sweepEverySeconds });
    await sweep(settings, queue, stopping.signal);
  });
  await queue.work<HolderJob>(queues.settleHolder, { pollingIntervalSeconds: retryPollSeconds }, async (jobs) => {
    for (const { data } of jobs) await settleHolder(settings, data.holderId);
  });
  await queue.work(queues.forgetKeys, { pollingIntervalSeconds: nightlyPollSeconds }, async () => {
    const forgottenKeys = await forgetOldKeys(sql, stopping.signal);
    logger.info({ forgottenKeys }, 'keys that were older than promised are forgotten');
    return { forgottenKeys };
  });
  return {
    stop: async () => {
      stopping.abort();
      await queue.stop({ graceful: true, timeout: stopMaxMs });
    },
  };
}

async function sweep(settings: ScheduledWorkSettings, queue: PgBoss, signal: AbortSignal): Promise<void> {
  const until = performance.now() + sweepMaxMs;
  try {
    for (;;) {
      const { isFull, failures } = await settleDue(settings);
      for (const { holderId, reason } of failures) {
        settings.logger.warn(
          { holderId, err: reason },
          'what is due for a holder could not be done and is tried again',
        );
        await queue.send(queues.settleHolder, { holderId }, { singletonKey: holderId });
      }
      if (!isFull || signal.aborted || performance.now() > until) return;
    }
  } catch (error) {
    // Tills come first. What is due is still due a second later.
    if (!(error instanceof Overloaded)) throw error;
  }
}
