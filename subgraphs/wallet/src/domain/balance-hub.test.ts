import { expect, test } from 'vitest';
import type { BalanceChange } from './balance-change.ts';
import { BalanceHub } from './balance-hub.ts';
import { queuedChangesMax } from './change-queue.ts';

function change(version: bigint, holderId = 'holder-1'): BalanceChange {
  return { holderId, version, balances: [], occurredAt: new Date(0), kind: 'EARN', transactionId: undefined };
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => change(BigInt(index + 1)));

test('a watcher gets the changes of its holder alone, in order, each once', async () => {
  const hub = new BalanceHub();
  const queue = hub.join('holder-1');
  hub.publish([change(1n), change(1n, 'holder-2'), change(2n), change(1n), change(2n), change(3n)]);
  const versions = [await queue.take(), await queue.take(), await queue.take()].map((queued) => queued?.change.version);
  expect(versions).toEqual([1n, 2n, 3n]);
});

test('a waiting watcher is served by the next change', async () => {
  const hub = new BalanceHub();
  const taken = hub.join('holder-1').take();
  hub.publish([change(7n)]);
  expect(await taken).toMatchObject({ change: { version: 7n }, isCollapsed: false });
});

test('a full queue collapses to the newest change and fills again from there', async () => {
  const hub = new BalanceHub();
  const queue = hub.join('holder-1');
  hub.publish(upTo(queuedChangesMax + 3));
  expect(await queue.take()).toMatchObject({ change: { version: BigInt(queuedChangesMax + 1) }, isCollapsed: true });
  expect(await queue.take()).toMatchObject({ change: { version: BigInt(queuedChangesMax + 2) }, isCollapsed: false });
  expect(await queue.take()).toMatchObject({ change: { version: BigInt(queuedChangesMax + 3) }, isCollapsed: false });
});

test('a queue that is exactly full keeps every change', async () => {
  const hub = new BalanceHub();
  const queue = hub.join('holder-1');
  hub.publish(upTo(queuedChangesMax));
  expect(await queue.take()).toMatchObject({ change: { version: 1n }, isCollapsed: false });
});

test('a stalled watcher does not touch the others', async () => {
  const hub = new BalanceHub();
  hub.join('holder-1');
  const quick = hub.join('holder-1');
  for (const next of upTo(500)) {
    hub.publish([next]);
    expect((await quick.take())?.change.version).toBe(next.version);
  }
});

test('closing ends a waiting watcher at once and leaves nothing behind', async () => {
  const hub = new BalanceHub();
  const queue = hub.join('holder-1');
  const other = hub.join('holder-1');
  const taken = queue.take();
  queue.close();
  queue.close();
  expect(await taken).toBeUndefined();
  expect(hub.watcherCount).toBe(1);
  hub.publish([change(1n)]);
  expect(await queue.take()).toBeUndefined();
  hub.close();
  expect(await other.take()).toBeUndefined();
  expect(hub.watcherCount).toBe(0);
});
