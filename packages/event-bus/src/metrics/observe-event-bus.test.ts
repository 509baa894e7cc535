import { createLogger } from '@localplus/logging';
import { createMetrics } from '@localplus/metrics';
import { expect, test } from 'vitest';
import type { Consumer, Consumption, EventBus } from '../event-bus.ts';
import { EventRejected } from '../event-rejected.ts';
import { observeEventBus } from './observe-event-bus.ts';

const logger = createLogger('test').child({}, { level: 'fatal' });
const consumer: Consumer = {
  pause: () => undefined,
  resume: () => undefined,
  lag: async () => [
    { topic: 'points.v1', partition: 0, records: 3n },
    { topic: 'points.v1', partition: 1, records: 4n },
  ],
  pausedAggregates: async () => 2,
  close: async () => undefined,
};

test('what a consumer is behind, what it set aside and what could not be published is told', async () => {
  const metrics = createMetrics(logger);
  const failures: Error[] = [new EventRejected(0, 'its key is empty'), new Error('no answer')];
  let raise: Consumption<string>['onDeadLetter'];
  const bus: EventBus = {
    logId: 'test',
    publish: async () => {
      const failure = failures.shift();
      if (failure) throw failure;
    },
    consumeAsGroup: async ({ onDeadLetter }) => {
      raise = onDeadLetter;
      return consumer;
    },
    consumeAsEveryReplica: async () => consumer,
    close: async () => undefined,
  };
  const observed = observeEventBus(bus, metrics);
  const heard: string[] = [];
  const running = await observed.consumeAsGroup({
    group: 'test.group',
    topics: ['points.v1'],
    handler: async () => undefined,
    onDeadLetter: ({ id }) => void heard.push(id),
  });
  const place = { consumer: 'test.group', topic: 'points.v1', partition: 0, offset: 1n };
  raise?.({ ...place, id: 'dl_000000000001', key: 'wal_1', reason: 'Error: cannot digest' });
  await expect(observed.publish([])).rejects.toThrow(EventRejected);
  await expect(observed.publish([])).rejects.toThrow('no answer');
  await observed.publish([]);

  const text = await metrics.read();
  expect(heard).toEqual(['dl_000000000001']);
  expect(text).toContain('localplus_event_bus_consumer_lag_records{consumer="test.group",topic="points.v1"} 7');
  expect(text).toContain('localplus_event_bus_paused_aggregates{consumer="test.group"} 2');
  expect(text).toContain('localplus_event_bus_dead_letters_total{consumer="test.group",topic="points.v1"} 1');
  expect(text).toContain('localplus_event_bus_publish_failures_total{kind="rejected"} 1');
  expect(text).toContain('localplus_event_bus_publish_failures_total{kind="unacknowledged"} 1');
  expect(text).not.toContain('wal_1');

  await running.close();
  expect(await metrics.read()).not.toContain('consumer_lag_records{');
});
