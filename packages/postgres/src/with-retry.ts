import { setTimeout as pause } from 'node:timers/promises';

import { sqlState } from './sql-state.ts';

/** Serialization failure, deadlock, lock timeout: the same work succeeds when tried again, and nothing was written. */
const retriedStates: ReadonlySet<string | undefined> = new Set(['40001', '40P01', '55P03']);
/** Four in a row means contention that a fifth would only feed. */
const maxAttempts = 4;
/** A competing transaction of ours lasts a few milliseconds. */
const firstPauseMs = 10;
/** Beyond this a caller is better served by the error. */
const longestPauseMs = 200;
const defaultDeadlineMs = 10_000;

export type RetryOptions = {
  /** No attempt starts later than this after the first, in milliseconds; 10,000 when left out. */
  deadlineMs?: number;
  /** Chance, between 0 and 1; for tests. */
  random?: () => number;
};

/**
 * Runs work that PostgreSQL may turn away for a moment (SQLSTATE 40001, 40P01, 55P03): at most four attempts inside the
 * deadline, with full jitter between them. Every other error is thrown at once; the last attempt's error as it is.
 * The work must be safe to run again: a single statement, or a whole transaction.
 */
export async function withRetry<Result>(
  work: (attempt: number) => Promise<Result>,
  { deadlineMs = defaultDeadlineMs, random = Math.random }: RetryOptions = {},
): Promise<Result> {
  const givesUpAt = performance.now() + deadlineMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      const pauseMs = random() * Math.min(longestPauseMs, firstPauseMs * 4 ** attempt);
      const isRetried = retriedStates.has(sqlState(error)) && attempt < maxAttempts;
      if (!isRetried || performance.now() + pauseMs >= givesUpAt) throw error;
      await pause(pauseMs);
    }
  }
}
