import { join } from 'node:path';
import { cloudEventHeaders } from '@localplus/event-bus';
import { createOutboxSchema, type OutboxSchema, testTopic } from '@localplus/outbox/testing';
import { expect, test, vi } from 'vitest';
import type { GroupMemberOrders } from './group-member-main.ts';
import { MemberProcess, withChurn } from './member-process.ts';
import { type BusAddress, openBus } from './open-bus.ts';
import { Projection } from './projection.ts';
import { seed, seededRandom, sized } from './proof-plan.ts';
import { recordProof } from './reliability-report.ts';
import { publishSteadily, troubledFeed } from './troubled-feed.ts';

const changes = sized({ smoke: 6_000, full: 100_000 });
const aggregates = 500;
const perSecond = 1_000;
const members = 3;
const churnEveryMs = sized({ smoke: 1_500, full: 5_000 });
const catchUpMs = 60_000;
const testLimitMs = sized({ smoke: 120_000, full: 600_000 });

/** R5: what a group makes of events that come twice and late, while members come and go, is what a replay makes of them. */
export function proveGroupProjection(where: string, addressOf: (outbox: OutboxSchema) => BusAddress): void {
  test(`R5, ${where}: with duplicates, latecomers and members that come, leave and are killed, a group's projection equals a replay from zero`, {
    timeout: testLimitMs,
  }, async () => {
    const outbox = await createOutboxSchema();
    const address = addressOf(outbox);
    const bus = await openBus(address);
    try {
      const random = seededRandom(seed);
      const { asSent, newest, late, endingWrong } = troubledFeed(changes, aggregates, random);
      const live = new Projection(outbox.pool, 'live');
      const replayed = new Projection(outbox.pool, 'replayed');
      await Promise.all([live.create(), replayed.create()]);
      const orders: GroupMemberOrders = {
        address,
        connectionString: outbox.database.connectionString('bus'),
        table: 'live',
      };
      const start = () => MemberProcess.start(join(import.meta.dirname, 'group-member-main.ts'), orders);
      const events = asSent.map(({ id, aggregate, version, amount }) => ({
        topic: testTopic,
        key: `aggregate-${aggregate}`,
        value: { amount },
        headers: cloudEventHeaders({
          id,
          type: testTopic,
          source: '/proof',
          time: new Date(0),
          aggregateVersion: BigInt(version),
        }),
      }));
      expect(endingWrong).toBeGreaterThan(0);
      const churn = await withChurn({ members, start, intervalMs: churnEveryMs, random }, () =>
        publishSteadily(bus, events, perSecond),
      );
      const expected = newest
        .map(({ aggregate, total, version }) => `(aggregate-${aggregate},${total},${version},${version})`)
        .toSorted();
      const reaches = (projection: Projection) =>
        vi.waitFor(async () => expect((await projection.rows()).toSorted()).toEqual(expected), {
          timeout: catchUpMs,
          interval: 200,
        });
      await reaches(live).finally(() => churn.end());

      await bus.consumeAsEveryReplica({
        topics: [testTopic],
        startFrom: 'earliest',
        handler: ({ events: batch }) => replayed.apply(batch),
      });
      await reaches(replayed);
      expect(await live.rows()).toEqual(await replayed.rows());
      recordProof({
        id: `R5 ${where}, a group`,
        promise: 'With duplicates, latecomers and rebalances a projection equals a replay from zero, byte for byte',
        size: `${changes} changes sent ${asSent.length} times, ${late} of them behind a newer or the same version; ${members} members, one killed or leaving every ${churnEveryMs / 1_000} s`,
        result: `equal in all ${expected.length} rows, of which taking the last for the newest would have spoiled ${endingWrong}; ${churn.killed} members killed, ${churn.left} left`,
        seed,
        command: 'pnpm test:fault -- R5',
      });
    } finally {
      await bus.close();
      await outbox.close();
    }
  });
}
