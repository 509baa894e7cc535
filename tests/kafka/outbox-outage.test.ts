import { setTimeout as delay } from 'node:timers/promises';
import type { EventBus } from '@localplus/event-bus';
import { createOutboxPublisher, type OutboxPublisher } from '@localplus/outbox';
import { createOutboxSchema, type OutboxSchema, testTopic } from '@localplus/outbox/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBus, quietLogger } from '../fault/open-bus.ts';
import { sized } from '../fault/proof-plan.ts';
import { recordProof } from '../fault/reliability-report.ts';
import { TransferLoad } from '../fault/transfer-load.ts';
import { startTestBroker, type TestBroker } from './test-broker.ts';

const perSecond = 500;
const warmUpMs = 2_000;
const steadyMs = sized({ smoke: 5_000, full: 60_000 });
const outageMs = sized({ smoke: 5_000, full: 60_000 });
/** What is promised; at smoke size with room for a machine that does other things too. */
const deliveryP99MaxMs = sized({ smoke: 2_000, full: 500 });
const commitP99MaxMs = sized({ smoke: 1_000, full: 200 });
const catchUpMaxMs = 30_000;
/** Published rows are kept for a minute and deleted within seconds. At smoke size they are made a minute older. */
const emptyWithinMs = sized({ smoke: 20_000, full: 90_000 });
const isAgedByHand = sized({ smoke: true, full: false });

let broker: TestBroker;
let outbox: OutboxSchema;
let bus: EventBus;
let publisher: OutboxPublisher;

beforeAll(async () => {
  broker = await startTestBroker();
  outbox = await createOutboxSchema();
  bus = await openBus({ brokers: [broker.address] });
  publisher = createOutboxPublisher({ ...outbox, bus, logger: quietLogger() });
});
afterAll(async () => {
  await publisher.close();
  await bus.close();
  await outbox.close();
  await broker.remove();
});

test('R4: events are at the consumer soon after their commit; an outage of the broker delays them, loses none, and holds up no commit', {
  timeout: sized({ smoke: 120_000, full: 600_000 }),
}, async () => {
  const load = new TransferLoad(outbox, perSecond, () => publisher.wake());
  await bus.consumeAsGroup({
    group: 'proof.transfers',
    topics: [testTopic],
    handler: async ({ events }) => {
      for (const event of events) load.arrived(event);
    },
  });
  await delay(warmUpMs);
  load.nextPhase();
  await delay(steadyMs);
  const steady = load.nextPhase();

  await broker.kill();
  await delay(outageMs);
  const outage = load.nextPhase();
  const { pendingEvents } = await publisher.lag();
  await broker.start();
  const backAt = performance.now();
  await vi.waitFor(() => expect(load.oldestOutstandingMs).toBeLessThan(deliveryP99MaxMs), {
    timeout: catchUpMaxMs,
    interval: 50,
  });
  const caughtUpAfterMs = performance.now() - backAt;
  await load.stop();
  await vi.waitFor(() => expect(load.outstanding).toBe(0), { timeout: catchUpMaxMs, interval: 50 });
  expect(load.outOfOrder).toBe(0);
  expect(await rowsInOutbox()).toBeLessThanOrEqual(load.committed);

  const deliveryP99Ms = steady.deliveries.percentile(99);
  const [commitP99Ms, commitP99OutageMs] = [steady.commits.percentile(99), outage.commits.percentile(99)];
  expect(steady.commits.count).toBeGreaterThan((perSecond * steadyMs * 0.9) / 1_000);
  expect(outage.commits.count).toBeGreaterThan((perSecond * outageMs * 0.9) / 1_000);
  expect(deliveryP99Ms).toBeLessThan(deliveryP99MaxMs);
  expect(commitP99OutageMs).toBeLessThan(commitP99MaxMs);

  if (isAgedByHand) await outbox.pool.query(`update outbox set published_at = published_at - interval '1 minute'`);
  await vi.waitFor(async () => expect(await rowsInOutbox()).toBe(0), { timeout: emptyWithinMs, interval: 200 });
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  recordProof({
    id: 'R4',
    promise:
      'On Kafka an event is at its consumer within 500 ms (P99) of its commit; after an outage of the broker all have arrived within 30 s, and commits go on meanwhile',
    size: `${perSecond} transfers/s for ${seconds(steadyMs)}, then the broker dead for ${seconds(outageMs)} under the same load`,
    result: `commit → consumer P50 ${steady.deliveries.percentile(50).toFixed(0)} ms, P99 ${deliveryP99Ms.toFixed(0)} ms; caught up ${seconds(caughtUpAfterMs)} after the broker was back, with ${pendingEvents} events waiting; 0 of ${load.committed} lost, 0 out of order, ${load.redelivered} redelivered; commits P99 ${commitP99Ms.toFixed(0)} ms before and ${commitP99OutageMs.toFixed(0)} ms during the outage; the outbox empty again after it`,
    command: 'pnpm test:fault -- R4',
  });
});

async function rowsInOutbox(): Promise<number> {
  const { rows } = await outbox.pool.query<{ count: bigint }>('select count(*) as count from outbox');
  return Number(rows[0]?.count ?? 0n);
}
