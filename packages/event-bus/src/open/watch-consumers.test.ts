import { createLogger } from '@localplus/logging';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchConsumers } from './watch-consumers.ts';

const reasons = new Set<string>();
const health = {
  unready: (reason: string) => void reasons.add(reason),
  recovered: (reason: string) => void reasons.delete(reason),
};
const endProcess = vi.fn();
const watch = () => watchConsumers({ logger: createLogger('watch test'), health, endProcess, limitMs: 1_000 });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  endProcess.mockReset();
  reasons.clear();
});

test('a process with a consumer that stands still is not ready until the consumer is back, and goes on', () => {
  const watchdog = watch();
  watchdog.onStalled('wallet.news');
  expect([...reasons]).toEqual(['event consumer wallet.news']);
  vi.advanceTimersByTime(999);
  watchdog.onRecovered('wallet.news');
  vi.advanceTimersByTime(10_000);
  expect([...reasons]).toEqual([]);
  expect(endProcess).not.toHaveBeenCalled();
});

test('a process whose consumer does not come back ends, however often it is told so', () => {
  const watchdog = watch();
  watchdog.onStalled('wallet.news');
  vi.advanceTimersByTime(600);
  watchdog.onStalled('wallet.news');
  watchdog.onStalled('wallet.other');
  watchdog.onRecovered('wallet.other');
  vi.advanceTimersByTime(400);
  expect(endProcess).toHaveBeenCalledTimes(1);
});
