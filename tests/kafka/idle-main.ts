import { setTimeout as delay } from 'node:timers/promises';
import { cloudEventHeaders, type TopicDeclaration } from '@localplus/event-bus';
import { openBus } from '../fault/open-bus.ts';

/** What a process with an idle bus is told. */
export type IdleOrders = {
  readonly brokers: readonly string[];
  /** Half of them members of groups, half of them replicas. */
  readonly consumers: number;
  readonly settleMs: number;
  readonly measureMs: number;
};

/** What it reports, in milliseconds of a processor for each second. */
export type IdleReport = { readonly processorMsPerSecond: number };

const topic: TopicDeclaration = {
  name: 'idle.v1',
  partitions: 8,
  cleanup: 'delete',
  retentionMs: 3_600_000,
  schema: {},
};
const microsecondsPerMillisecond = 1_000;
const millisecondsPerSecond = 1_000;

/** Publishes once, consumes it, and does nothing more. */
async function idle({ brokers, consumers, settleMs, measureMs }: IdleOrders): Promise<void> {
  const bus = await openBus({ brokers }, [topic]);
  const handler = async () => undefined;
  for (let n = 0; n < consumers; n += 1) {
    if (n % 2 === 0) await bus.consumeAsGroup({ group: `idle.${n}`, topics: [topic.name], handler });
    else await bus.consumeAsEveryReplica({ name: `idle.${n}`, topics: [topic.name], startFrom: 'latest', handler });
  }
  const headers = cloudEventHeaders({ id: 'evt_idle', type: topic.name, source: '/idle', time: new Date() });
  await bus.publish([{ topic: topic.name, key: 'key', value: {}, headers }]);
  await delay(settleMs);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await delay(measureMs);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / millisecondsPerSecond;
  const report: IdleReport = { processorMsPerSecond: (user + system) / microsecondsPerMillisecond / seconds };
  process.send?.(report);
  await bus.close();
}

if (import.meta.main) {
  process.once('disconnect', () => process.exit(0));
  idle(JSON.parse(process.argv[2] ?? '')).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
