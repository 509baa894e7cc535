import { type ClaimPace, claimOpenEnrollments } from '../store/enrollment-rows.ts';
import { type FinishSources, finishEnrollment } from './finish-enrollment.ts';

/**
 * A ledger that was away for long leaves many enrollments open: a few at a time keep it usable when it is back, and an
 * enrollment that fails again and again is tried ever more rarely.
 */
const pace: ClaimPace = { countMax: 20, firstDelayMs: 10_000, delayMaxMs: 300_000 };

/** What became of the enrollments that were taken up. */
export interface FinishReport {
  finished: number;
  /** Stay open; why each of them failed. */
  failures: unknown[];
}

/** Takes up enrollments that stayed open, one after another, and brings them to their end. */
export async function finishOpenEnrollments(sources: FinishSources): Promise<FinishReport> {
  const report: FinishReport = { finished: 0, failures: [] };
  for (const enrollment of await claimOpenEnrollments(sources.pool, pace)) {
    try {
      await finishEnrollment(sources, enrollment);
      report.finished += 1;
    } catch (error) {
      report.failures.push(error);
    }
  }
  return report;
}
