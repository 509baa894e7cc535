import type { Metrics } from '@localplus/metrics';
import type { Sql } from '../connection.ts';
import { readDueFigures, readQueueFigures } from './job-rows.ts';

/** Tells by metrics what the ledger has to do by itself. Processes share the work, and so tell the same. */
export function observeScheduledWork(sql: Sql, metrics: Metrics): void {
  metrics.gauge({
    name: 'localplus_ledger_due_holders',
    help: 'Holders for whom something is due that is not done yet, at most 100,000.',
    labels: [],
    read: async () => [{ labels: {}, value: (await readDueFigures(sql)).holderCount }],
  });
  metrics.gauge({
    name: 'localplus_ledger_oldest_due_age_seconds',
    help: 'For how long something has been due that is not done yet; 0 when nothing is.',
    labels: [],
    read: async () => [{ labels: {}, value: (await readDueFigures(sql)).oldestAgeSeconds }],
  });
  metrics.gauge({
    name: 'localplus_ledger_jobs',
    help: 'Jobs of a queue by state; one that failed was given up and waits for an operator.',
    labels: ['queue', 'state'],
    read: async () =>
      (await readQueueFigures(sql)).flatMap(({ queue, waiting, active, failed }) => [
        { labels: { queue, state: 'waiting' }, value: waiting },
        { labels: { queue, state: 'active' }, value: active },
        { labels: { queue, state: 'failed' }, value: failed },
      ]),
  });
}
