import { setTimeout as delay } from 'node:timers/promises';
import type { EventBus, TopicDeclaration } from '@localplus/event-bus';
import { createOutboxSchema, type OutboxSchema } from '@localplus/outbox/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Effects } from '../fault/effects.ts';
import { Gaps } from '../fault/gaps.ts';
import { openBus } from '../fault/open-bus.ts';
import { isFullSize, sized } from '../fault/proof-plan.ts';
import { PublishLoad } from '../fault/publish-load.ts';
import { readLog } from '../fault/read-log.ts';
import { recordProof } from '../fault/reliability-report.ts';
import { connectNaiveProducer } from './naive-producer.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

/** In each round another broker is killed, and another one stopped. */
const rounds = sized({ smoke: 1, full: 3 });
const deadMs = sized({ smoke: 4_000, full: 20_000 });
const frozenMs = sized({ smoke: 8_000, full: 20_000 });
/** What is promised. */
const producingAgainMs = 15_000;
const consumingAgainMs = 30_000;
/** Whoever was silent for no longer than this goes on. */
const isQuickMs = 1_500;
/** A naive producer may survive some by luck. */
const naiveRoundsMax = 6;
const roundLimitMs = 300_000;
const partitions = 12;
const members = 2;
const load = { writers: 8, aggregatesEach: 24, everyMs: 150 } as const;

const topicOf = (name: string): TopicDeclaration => ({
  name,
  partitions,
  cleanup: 'delete',
  retentionMs: 3_600_000,
  schema: {},
});
const topic = topicOf('brokers.v1');
const naiveTopic = topicOf('brokers-naive.v1');

let cluster: TestCluster;
let outbox: OutboxSchema;
const buses: EventBus[] = [];

beforeAll(async () => {
  [cluster, outbox] = await Promise.all([startTestCluster(), createOutboxSchema()]);
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await outbox.close();
  await cluster.remove();
});

test('three brokers, one killed, one stopped, all restarted one after another: every acknowledged record is in the log once and in order, every effect is made once, and both sides go on soon', {
  timeout: rounds * roundLimitMs,
}, async () => {
  const effects = await Effects.in(outbox);
  const consuming = new Gaps(Array.from({ length: partitions }, (_, partition) => `${partition}`));
  for (let member = 0; member < members; member += 1) {
    await effects.follow(await open(topic), topic.name, (partition) => consuming.heard(`${partition}`));
  }
  const bus = await open(topic);
  const writing = new PublishLoad({
    ...load,
    name: 'careful',
    topic: topic.name,
    isRepeated: true,
    publish: (events) => bus.publish(events),
  });
  const goOn = async () => {
    const goes = () => {
      expect(writing.gaps.silenceMs, 'ms without an acknowledgement').toBeLessThan(isQuickMs);
      expect(consuming.silenceMs, 'ms without an effect').toBeLessThan(isQuickMs);
    };
    await vi.waitFor(goes, { timeout: consumingAgainMs, interval: 50 });
    return { producingMs: writing.gaps.nextPhase(), consumingMs: consuming.nextPhase() };
  };
  await goOn();
  const gaps: ({ what: string } & Awaited<ReturnType<typeof goOn>>)[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { what, strike } of faultsOf(round)) {
      await strike();
      gaps.push({ what, ...(await goOn()) });
    }
  }
  await writing.stop();

  const made = () => effects.count();
  await vi.waitFor(async () => expect(await made()).toBe(writing.acknowledged), { timeout: consumingAgainMs });
  await effects.expect(writing.versions);
  expect(await effects.wrongAggregates()).toEqual([]);
  expect(writing.failures).toEqual([]);
  expect(writing.lookUp(await readLog(cluster, topic))).toEqual({ lost: 0, doubled: 0, outOfOrder: 0 });
  const longest = (what: string) => {
    const those = gaps.filter((gap) => gap.what === what);
    const producingMs = Math.max(...those.map((gap) => gap.producingMs));
    const consumingMs = Math.max(...those.map((gap) => gap.consumingMs));
    expect(producingMs, what).toBeLessThan(producingAgainMs);
    expect(consumingMs, what).toBeLessThan(consumingAgainMs);
    return `${what}: producing again after ${seconds(producingMs)}, consuming after ${seconds(consumingMs)}`;
  };
  recordProof({
    id: 'brokers',
    promise:
      'Whatever befalls one of three brokers at a time, every acknowledged record is in the log, once and in order; its effect is made once; producing goes on within 15 s, consuming within 30 s',
    size: sizeOf(rounds),
    result: `0 of ${writing.acknowledged} lost, 0 doubled, 0 out of order, 0 effects twice, ${effects.deliveries - writing.acknowledged} redelivered; longest silences ${faultsOf(
      0,
    )
      .map(({ what }) => longest(what))
      .join('; ')}`,
    command: 'pnpm test:fault -- brokers',
  });
});

// It needs its faults at their full length, and some luck.
if (isFullSize) {
  test('the same faults make kafkajs lose acknowledged records when each publication is one send over all partitions', {
    timeout: naiveRoundsMax * roundLimitMs,
  }, async () => {
    await open(naiveTopic);
    const naive = await connectNaiveProducer(cluster.brokers);
    let [acknowledged, lost, round] = [0, 0, 0];
    try {
      for (; lost === 0 && round < naiveRoundsMax; round += 1) {
        const { publish } = naive;
        const plan = { ...load, writers: 1, everyMs: load.everyMs / load.writers, topic: naiveTopic.name, publish };
        const writing = new PublishLoad({ ...plan, name: `naive-${round}`, isRepeated: false });
        for (const { strike } of faultsOf(round)) await strike();
        await writing.stop();
        acknowledged += writing.acknowledged;
        lost += writing.lookUp(await readLog(cluster, naiveTopic)).lost;
      }
    } finally {
      await naive.close();
    }
    expect(lost).toBeGreaterThan(0);
    recordProof({
      id: 'brokers, naively',
      promise: 'The proof above finds losses: kafkajs with one send over all partitions has them',
      size: sizeOf(round),
      result: `${lost} of ${acknowledged} acknowledged records are not in the log`,
      command: 'pnpm test:fault -- brokers',
    });
  });
}

/** What befalls the brokers in a round. Each strike ends when all have every record again. */
function faultsOf(round: number): { what: string; strike: () => Promise<void> }[] {
  const [killed, frozen] = [(round % 3) + 1, ((round + 1) % 3) + 1];
  return [
    {
      what: 'killed',
      strike: async () => {
        await cluster.kill(killed);
        await delay(deadMs);
        await cluster.start(killed);
        await cluster.untilInSync();
      },
    },
    {
      what: 'stopped',
      strike: async () => {
        cluster.freeze(frozen);
        await delay(frozenMs);
        cluster.thaw(frozen);
        await cluster.untilInSync();
      },
    },
    {
      what: 'restarted one after another',
      strike: async () => {
        for (const id of [1, 2, 3]) {
          await cluster.restart(id);
          await cluster.untilInSync();
        }
      },
    },
  ];
}

function sizeOf(count: number): string {
  return `three brokers, ${count} × (one killed for ${seconds(deadMs)}, one stopped for ${seconds(frozenMs)}, all restarted one after another)`;
}

async function open(declared: TopicDeclaration): Promise<EventBus> {
  const bus = await openBus(cluster, [declared]);
  buses.push(bus);
  return bus;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
