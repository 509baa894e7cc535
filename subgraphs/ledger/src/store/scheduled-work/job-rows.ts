import type { Sql } from '../connection.ts';
import type { QueueName } from './queues.ts';

/** The count goes no further: a midnight of a hundred thousand holders, and enough to raise every alarm. */
const dueHoldersMax = 100_000;

/** What waits to be done because its time has come. */
export interface DueFigures {
  /** More than 100,000 count as 100,000. */
  readonly holderCount: number;
  /** For how long the first of them has been due; 0 when none is. */
  readonly oldestAgeSeconds: number;
}

/** How many holders have something due, and since when. */
export async function readDueFigures(sql: Sql): Promise<DueFigures> {
  const { rows } = await sql.query<{ count: number; age: number | null }>({
    name: 'due-figures',
    text: `SELECT (SELECT count(*)::integer FROM (SELECT FROM holder WHERE due_at <= clock_timestamp() LIMIT ${dueHoldersMax}) due) AS count,
                  extract(epoch FROM clock_timestamp() - min(due_at))::float8 AS age
           FROM holder WHERE due_at IS NOT NULL`,
  });
  const { count: holderCount = 0, age } = rows[0] ?? {};
  return { holderCount, oldestAgeSeconds: Math.max(0, age ?? 0) };
}

/** How many jobs of a queue are in which state. */
export interface QueueFigures {
  readonly queue: QueueName;
  /** Not begun yet, or to be tried again. */
  readonly waiting: number;
  readonly active: number;
  /** Given up; somebody has to look. */
  readonly failed: number;
  /** When one was last done; undefined where none is kept. */
  readonly lastDoneAt: Date | undefined;
}

/** The state of every queue. */
export async function readQueueFigures(sql: Sql): Promise<QueueFigures[]> {
  const { rows } = await sql.query<Omit<QueueFigures, 'lastDoneAt'> & { last_done_at: Date | null }>({
    name: 'queue-figures',
    text: `SELECT q.name AS queue,
                  count(*) FILTER (WHERE j.state IN ('created', 'retry'))::integer AS waiting,
                  count(*) FILTER (WHERE j.state = 'active')::integer AS active,
                  count(*) FILTER (WHERE j.state = 'failed')::integer AS failed,
                  max(j.completed_on) FILTER (WHERE j.state = 'completed') AS last_done_at
           FROM ledger_jobs.queue q LEFT JOIN ledger_jobs.job j ON j.name = q.name
           WHERE q.name NOT LIKE '\\_\\_%' GROUP BY q.name ORDER BY q.name`,
  });
  return rows.map(({ last_done_at, ...figures }) => ({ ...figures, lastDoneAt: last_done_at ?? undefined }));
}

/** A job that has failed at least once and is not done. */
export interface TroubledJob {
  readonly id: string;
  readonly queue: QueueName;
  /** `retry`, `active` or `failed`. */
  readonly state: string;
  readonly failures: number;
  /** When it is tried again; undefined where it was given up. */
  readonly nextAt: Date | undefined;
  readonly createdAt: Date;
  readonly data: unknown;
  /** What it failed with, as the queue keeps it. */
  readonly output: unknown;
}

/** Jobs that failed and are not done, the oldest first, at most so many. */
export async function listTroubledJobs(sql: Sql, jobsMax: number): Promise<TroubledJob[]> {
  const { rows } = await sql.query<Omit<TroubledJob, 'nextAt'> & { nextAt: Date | null }>({
    name: 'troubled-jobs',
    text: `SELECT id, name AS queue, state::text AS state, retry_count + CASE state WHEN 'failed' THEN 1 ELSE 0 END AS failures,
                  CASE state WHEN 'failed' THEN NULL ELSE start_after END AS "nextAt", created_on AS "createdAt", data, output
           FROM ledger_jobs.job WHERE state = 'failed' OR (state IN ('retry', 'active') AND retry_count > 0) OR state = 'retry'
           ORDER BY created_on LIMIT $1`,
    values: [jobsMax],
  });
  return rows.map(({ nextAt, ...job }) => ({ ...job, nextAt: nextAt ?? undefined }));
}
