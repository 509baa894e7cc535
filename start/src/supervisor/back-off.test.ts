import { expect, test } from 'vitest';
import { restartDelayMs } from './back-off.ts';

test('a process that keeps dying is started again after 0.2 s, then ever later, at most 5 s', () => {
  const delays: number[] = [];
  for (let delayMs: number | undefined; delays.length < 8; delays.push(delayMs)) delayMs = restartDelayMs(delayMs, 10);
  expect(delays).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
});

test('a death after a quiet run counts as the first', () => {
  expect(restartDelayMs(5_000, 30_000)).toBe(200);
});
