import { createLogger } from '@localplus/logging';
import { describe, expect, test } from 'vitest';
import { createMetrics } from './create-metrics.ts';

const logger = createLogger('test').child({}, { level: 'fatal' });

describe('the metrics of a part', () => {
  test('counters begin at nothing and gauges are read when somebody looks', async () => {
    const metrics = createMetrics(logger);
    let waiting = 1;
    metrics.gauge({
      name: 'localplus_test_waiting_events',
      help: 'How many wait.',
      labels: ['queue'],
      read: async () => [{ labels: { queue: 'one' }, value: waiting }],
    });
    const failures = metrics.counter({ name: 'localplus_test_failures_total', help: 'Failures.', labels: [] });
    expect(await metrics.read()).toContain('localplus_test_failures_total 0');
    failures.increment();
    waiting = 7;
    const text = await metrics.read();
    expect(text).toContain('localplus_test_failures_total 1');
    expect(text).toContain('# HELP localplus_test_waiting_events How many wait.');
    expect(text).toContain('localplus_test_waiting_events{queue="one"} 7');
  });

  test('a gauge without labels that cannot be read is left out, not told as nothing; the others are there', async () => {
    const metrics = createMetrics(logger);
    const name = 'localplus_test_pending_events';
    let isDown = false;
    metrics.gauge({
      name,
      help: 'Pending.',
      labels: [],
      read: async () => {
        if (isDown) throw new Error('the database is away');
        return [{ labels: {}, value: 3 }];
      },
    });
    expect(await metrics.read()).toContain(`${name} 3`);
    isDown = true;
    const text = await metrics.read();
    expect(text).not.toMatch(new RegExp(`^${name} `, 'm'));
    // It is counted after the counter was read.
    expect(await metrics.read()).toMatch(
      /localplus_metrics_unread_total\{metric="localplus_test_pending_events"\} [12]/,
    );
    expect(text).toContain('process_cpu_seconds_total');
  });

  test('two parts in one process have figures of their own', async () => {
    const [one, other] = [createMetrics(logger), createMetrics(logger)];
    const definition = { name: 'localplus_test_failures_total', help: 'Failures.', labels: [] };
    one.counter(definition).increment();
    other.counter(definition);
    expect(await other.read()).toContain('localplus_test_failures_total 0');
  });

  test.each(['failures_total', 'localplus_failures', 'localplus_Test_failures_total'])(
    'a metric cannot be named %s',
    (name) => {
      expect(() => createMetrics(logger).counter({ name, help: 'Failures.', labels: [] })).toThrow(/is named/);
    },
  );
});
