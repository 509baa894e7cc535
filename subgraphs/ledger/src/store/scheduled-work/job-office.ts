import { createLogger } from '@localplus/logging';
import { createPool } from '@localplus/postgres';
import {
  type DueFigures,
  listTroubledJobs,
  type QueueFigures,
  readDueFigures,
  readQueueFigures,
  type TroubledJob,
} from './job-rows.ts';
import { openQueue } from './open-queue.ts';

export type { DueFigures, QueueFigures, TroubledJob };

/** Enough to see what is wrong; whoever has more of them has one cause. */
const jobsMax = 100;

/** What an operator sees of the work that the ledger does by itself, and may do about it. */
export interface JobOffice {
  due(): Promise<DueFigures>;
  queues(): Promise<QueueFigures[]>;
  /** Jobs that failed and are not done, the oldest first, at most a hundred. */
  troubled(): Promise<TroubledJob[]>;
  /** Has jobs that were given up done again, by any process that runs. Answers for how many. */
  retry(jobs: readonly TroubledJob[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the office. It works beside running processes, and without any.
 * @param connectionString as the login role
 */
export async function openJobOffice(connectionString: string): Promise<JobOffice> {
  const logger = createLogger('jobs').child({}, { level: 'error' });
  const pool = createPool({ connectionString, name: 'jobs', max: 1 });
  try {
    // It only looks: maintenance and schedules are for processes that work.
    const queue = await openQueue(connectionString, logger, {
      supervise: false,
      schedule: false,
      registerInstance: false,
    });
    return {
      due: () => readDueFigures(pool),
      queues: () => readQueueFigures(pool),
      troubled: () => listTroubledJobs(pool, jobsMax),
      retry: async (jobs) => {
        let count = 0;
        for (const { queue: name, id } of jobs) {
          await queue.retry(name, id);
          // At once, and not when its back-off would have ended. What is no longer given up is left as it is.
          const { jobs: changed } = await queue.update(name, undefined, { id, startAfter: 0 });
          count += changed.length;
        }
        return count;
      },
      close: async () => {
        await queue.stop({ graceful: false });
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
