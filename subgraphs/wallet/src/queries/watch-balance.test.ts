import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BalanceChange, BalanceEvent } from '../domain/balance-change.ts';
import { BalanceHub } from '../domain/balance-hub.ts';
import { queuedChangesMax } from '../domain/change-queue.ts';
import { InvalidCursor } from '../domain/cursor.ts';
import type { ListChanges } from '../domain/ledger.ts';
import { type BalanceWatch, type WatchSources, watchBalance } from './watch-balance.ts';

const holderId = 'holder-1';

function change(version: bigint): BalanceChange {
  const balances = [{ asset: { code: 'PTS', scale: 0 }, posted: version, pending: 0n, held: 0n }];
  return {
    holderId,
    version,
    balances,
    occurredAt: new Date(Number(version)),
    kind: 'EARN',
    transactionId: `trx-${version}`,
  };
}
const range = (first: bigint, last: bigint) =>
  Array.from({ length: Number(last - first) + 1 }, (_, index) => change(first + BigInt(index)));

/** A ledger whose history can be extended, beside a wallet that has stored up to `stored`. */
function makeSources(committed: bigint, stored = committed) {
  const hub = new BalanceHub();
  const ledger = { version: committed, isDown: false, calls: 0 };
  const unfilledGaps: unknown[] = [];
  const listChanges: ListChanges = async (_holder, after, limit) => {
    ledger.calls += 1;
    if (ledger.isDown) throw new Error('the ledger is down');
    const last = after + BigInt(limit) < ledger.version ? after + BigInt(limit) : ledger.version;
    return { changes: last > after ? range(after + 1n, last) : [], current: change(ledger.version) };
  };
  const sources: WatchSources = {
    hub,
    readState: async () => change(stored),
    listChanges,
    onUnfilledGap: (error) => unfilledGaps.push(error),
  };
  return { sources, hub, ledger, unfilledGaps };
}

async function take(watch: BalanceWatch, count: number): Promise<BalanceEvent[]> {
  const events: BalanceEvent[] = [];
  while (events.length < count) {
    const { value } = await watch.next();
    if (!value) throw new Error('the stream ended');
    events.push(value);
  }
  return events;
}
const versionsOf = (events: BalanceEvent[]) => events.map(({ version }) => version);

test('without a cursor the first event is the state now, and every newer change follows once and in order', async () => {
  const { sources, hub } = makeSources(10n);
  const watch = await watchBalance(sources, holderId);
  hub.publish([change(9n), change(10n), change(11n), change(12n)]);
  const events = await take(watch, 3);
  expect(events[0]).toMatchObject({ kind: 'SNAPSHOT', version: 10n, skipped: 0n, transactionId: undefined });
  expect(versionsOf(events)).toEqual([10n, 11n, 12n]);
  expect(events.map(({ skipped }) => skipped)).toEqual([0n, 0n, 0n]);
});

test('a wallet without any change starts with a snapshot of version 0', async () => {
  const { sources, hub } = makeSources(0n);
  const watch = await watchBalance(sources, holderId);
  hub.publish([change(1n)]);
  expect(versionsOf(await take(watch, 2))).toEqual([0n, 1n]);
});

test('with a cursor it sends what was missed, then the live changes, with no gap and no repeat', async () => {
  const { sources, hub, ledger } = makeSources(10n);
  const opening = watchBalance(sources, holderId, 6n);
  hub.publish([change(10n), change(11n)]);
  ledger.version = 11n;
  const watch = await opening;
  const events = await take(watch, 5);
  expect(versionsOf(events)).toEqual([7n, 8n, 9n, 10n, 11n]);
  expect(events.every(({ skipped, kind }) => skipped === 0n && kind === 'EARN')).toBe(true);
});

test('a watcher that missed nothing gets nothing but what is new', async () => {
  const { sources, hub } = makeSources(10n);
  const watch = await watchBalance(sources, holderId, 10n);
  hub.publish([change(11n)]);
  expect(versionsOf(await take(watch, 1))).toEqual([11n]);
});

test('exactly a page that was missed is sent whole; one more is one snapshot that says how many it skips', async () => {
  const whole = await watchBalance(makeSources(1_000n).sources, holderId, 0n);
  expect(versionsOf(await take(whole, 1_000)).at(-1)).toBe(1_000n);

  const { sources, hub } = makeSources(1_001n);
  const collapsed = await watchBalance(sources, holderId, 0n);
  hub.publish([change(1_002n)]);
  const [snapshot, next] = await take(collapsed, 2);
  expect(snapshot).toMatchObject({
    kind: 'SNAPSHOT',
    version: 1_001n,
    skipped: 1_000n,
    occurredAt: change(1_001n).occurredAt,
  });
  expect(next).toMatchObject({ kind: 'EARN', version: 1_002n, skipped: 0n });
});

test('a cursor ahead of the ledger is refused, and leaves nobody watching', async () => {
  const { sources, hub } = makeSources(5n);
  await expect(watchBalance(sources, holderId, 6n)).rejects.toThrow(InvalidCursor);
  expect(hub.watcherCount).toBe(0);
});

test('a live version that jumps is filled from the ledger before the stream goes on', async () => {
  const { sources, hub, ledger } = makeSources(3n);
  const watch = await watchBalance(sources, holderId);
  ledger.version = 9n;
  hub.publish([change(7n), change(8n)]);
  const events = await take(watch, 6);
  expect(versionsOf(events)).toEqual([3n, 4n, 5n, 6n, 7n, 8n]);
  expect(events.every(({ skipped }) => skipped === 0n)).toBe(true);
});

test('a gap that the ledger cannot fill now is told as skipped versions', async () => {
  const { sources, hub, ledger, unfilledGaps } = makeSources(3n);
  const watch = await watchBalance(sources, holderId);
  ledger.isDown = true;
  hub.publish([change(7n)]);
  expect((await take(watch, 2))[1]).toMatchObject({ version: 7n, skipped: 3n });
  expect(unfilledGaps).toHaveLength(1);
});

test('a gap wider than a page is told as skipped versions, without asking for it', async () => {
  const { sources, hub, ledger } = makeSources(0n);
  const watch = await watchBalance(sources, holderId);
  hub.publish([change(1_002n)]);
  expect((await take(watch, 2))[1]).toMatchObject({ version: 1_002n, skipped: 1_001n });
  expect(ledger.calls).toBe(0);
});

test('a slow watcher gets the newest change, which says how many were left out, and the ledger is not asked', async () => {
  const { sources, hub, ledger } = makeSources(0n);
  const watch = await watchBalance(sources, holderId);
  hub.publish(range(1n, BigInt(queuedChangesMax) + 6n));
  const events = await take(watch, 3);
  expect(versionsOf(events)).toEqual([0n, 65n, 66n]);
  expect(events.map(({ skipped }) => skipped)).toEqual([0n, 64n, 0n]);
  expect(ledger.calls).toBe(0);
});

test('leaving a quiet stream ends it at once and frees its place', async () => {
  const { sources, hub } = makeSources(0n);
  const watch = await watchBalance(sources, holderId);
  await take(watch, 1);
  const waiting = watch.next();
  await watch.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(hub.watcherCount).toBe(0);
});

test('whatever is lost, doubled or delayed on the way, versions ascend and skipped accounts for the rest', async () => {
  const deliveries = fc.array(fc.record({ version: fc.bigInt(1n, 200n), isDown: fc.boolean(), reads: fc.nat(4) }), {
    maxLength: 120,
  });
  await fc.assert(
    fc.asyncProperty(deliveries, fc.option(fc.bigInt(0n, 100n), { nil: undefined }), async (steps, after) => {
      const { sources, hub, ledger } = makeSources(100n, 100n);
      const watch = await watchBalance(sources, holderId, after);
      ledger.version = 200n;
      const received: BalanceEvent[] = [];
      const reader = (async () => {
        for await (const event of watch) received.push(event);
      })();
      for (const { version, isDown, reads } of steps) {
        ledger.isDown = isDown;
        hub.publish([change(version)]);
        for (let read = 0; read < reads; read += 1) await Promise.resolve();
      }
      ledger.isDown = false;
      hub.publish([change(200n)]);
      while (received.at(-1)?.version !== 200n) await Promise.resolve();
      await watch.return();
      await reader;

      let last = after ?? 99n;
      for (const event of received) {
        expect(event.version).toBe(last + event.skipped + 1n);
        expect(event.balances[0]?.posted).toBe(event.version);
        last = event.version;
      }
    }),
  );
});
