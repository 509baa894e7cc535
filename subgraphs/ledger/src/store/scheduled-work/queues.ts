/** The schema of the queue's tables. */
export const jobSchema = 'ledger_jobs';

/** Work that the ledger does by itself. What each queue retries, and for how long it keeps what, its migration says. */
export const queues = {
  /** Looks for what is due and does it. */
  settleDue: 'settle-due',
  /** Does what is due for one holder whose due work failed. */
  settleHolder: 'settle-holder',
  /** Forgets keys that are older than they are promised. */
  forgetKeys: 'forget-keys',
} as const;

/** Name of a queue. */
export type QueueName = (typeof queues)[keyof typeof queues];

/** What a job about one holder is told. */
export interface HolderJob {
  /** UUID. */
  readonly holderId: string;
}
