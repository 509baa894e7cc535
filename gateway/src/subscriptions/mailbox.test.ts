import { expect, test } from 'vitest';
import { Mailbox } from './mailbox.ts';

test('items are taken in their order, and waited for', async () => {
  const mailbox = new Mailbox<number>(4);
  mailbox.put(1);
  mailbox.put(2);
  expect([await mailbox.take(), await mailbox.take()]).toEqual([1, 2]);
  const next = mailbox.take();
  mailbox.put(3);
  expect(await next).toBe(3);
});

test('a full one keeps only the newest', async () => {
  const mailbox = new Mailbox<number>(3);
  for (const item of [1, 2, 3, 4, 5]) mailbox.put(item);
  expect([await mailbox.take(), await mailbox.take()]).toEqual([4, 5]);
});

test('what waits at the end can still be taken, then the failure comes once', async () => {
  const mailbox = new Mailbox<number>(3);
  mailbox.put(1);
  mailbox.end(new Error('over'));
  mailbox.put(2);
  expect(await mailbox.take()).toBe(1);
  await expect(mailbox.take()).rejects.toThrow('over');
  expect(await mailbox.take()).toBeUndefined();
});

test('a reader that waits is told of the end, and of its own leaving', async () => {
  const [ended, left] = [new Mailbox<number>(3), new Mailbox<number>(3)];
  const waiting = [ended.take(), left.take()];
  ended.end(new Error('over'));
  left.close();
  await expect(waiting[0]).rejects.toThrow('over');
  expect(await waiting[1]).toBeUndefined();
});
