import { expect, test } from 'vitest';

import { withRetry } from './with-retry.ts';

function refusedWith(code: string): Error {
  return Object.assign(new Error(`refused with ${code}`), { code });
}

const noPause = () => 0;

test.each(['40001', '40P01', '55P03'])('%s is tried again until it succeeds', async (code) => {
  const attempts: number[] = [];
  const result = await withRetry(
    async (attempt) => {
      attempts.push(attempt);
      if (attempt < 3) throw refusedWith(code);
      return 'done';
    },
    { random: noPause },
  );
  expect(result).toBe('done');
  expect(attempts).toEqual([1, 2, 3]);
});

test('the fourth refusal is the caller’s', async () => {
  let attempts = 0;
  const work = withRetry(
    async () => {
      attempts += 1;
      throw refusedWith('40P01');
    },
    { random: noPause },
  );
  await expect(work).rejects.toThrow('refused with 40P01');
  expect(attempts).toBe(4);
});

test.each(['23505', '57014', 'ECONNRESET'])('%s is never tried again', async (code) => {
  let attempts = 0;
  const work = withRetry(async () => {
    attempts += 1;
    throw refusedWith(code);
  });
  await expect(work).rejects.toThrow(code);
  expect(attempts).toBe(1);
});

test('no attempt starts after the deadline', async () => {
  let attempts = 0;
  const work = withRetry(
    async () => {
      attempts += 1;
      throw refusedWith('40001');
    },
    { deadlineMs: 20, random: () => 1 },
  );
  await expect(work).rejects.toThrow('40001');
  expect(attempts).toBe(1);
});
