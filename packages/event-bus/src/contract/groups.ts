import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MemberProcess } from './member-process.ts';
import { upTo } from './numbers.ts';
import { eventually, gate, Recorder, type Stage, type StageOpener, totalLag } from './stage.ts';

/** Promises about groups: sharing, commits, rebalances. */
export function groupContract(openStage: StageOpener): void {
  test('two groups get every event each', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [first, second] = [new Recorder(), new Recorder()];
    await bus.consumeAsGroup({ group: `${stage.group}.1`, topics: stage.topics, handler: first.handler });
    await bus.consumeAsGroup({ group: `${stage.group}.2`, topics: stage.topics, handler: second.handler });
    await bus.publish(upTo(20).map((n) => stage.event('key', n)));
    await eventually(() => expect(first.numbers()).toEqual(upTo(20)));
    await eventually(() => expect(second.numbers()).toEqual(upTo(20)));
  });

  test('members of a group share the partitions: each event is handled once, and everybody takes part', async () => {
    const stage = openStage();
    const [one, two] = [await stage.open(), await stage.open()];
    const [first, second] = [new Recorder(), new Recorder()];
    await one.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: first.handler });
    await two.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: second.handler });
    await publishUntil(stage, () => first.events.length > 0 && second.events.length > 0);
    await handledOnceAndInOrder(stage, first, second);
  });

  test('a member that joins under load takes its share, and nothing is lost, doubled or disordered', async () => {
    const stage = openStage();
    const [one, two] = [await stage.open(), await stage.open()];
    // Work that takes a while, so that every partition changes hands in the middle of it.
    const work = () => delay(30);
    const [first, second] = [new Recorder(work), new Recorder(work)];
    await one.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: first.handler });
    await publishUntil(stage, () => first.events.length >= 40);
    await two.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: second.handler });
    await publishUntil(stage, () => second.events.length >= 40);
    await handledOnceAndInOrder(stage, first, second);
  });

  test('when a member leaves, the others go on where it stopped', async () => {
    const stage = openStage();
    const [one, two] = [await stage.open(), await stage.open()];
    const [first, second] = [new Recorder(), new Recorder()];
    const leaving = await one.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: first.handler });
    await two.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: second.handler });
    await publishUntil(stage, () => first.events.length > 0 && second.events.length > 0);
    await leaving.close();
    await publishUntil(stage, () => new Set(second.events.map(({ partition }) => partition)).size === 4);
    await handledOnceAndInOrder(stage, first, second);
  });

  test('a restart redelivers nothing that was committed, and misses nothing', async () => {
    const stage = openStage();
    const [before, after] = [new Recorder(), new Recorder()];
    const first = await stage.open();
    await first.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: before.handler });
    await first.publish(upTo(30).map((n) => stage.event('key', n)));
    await eventually(() => expect(before.numbers()).toEqual(upTo(30)));
    await first.close();
    const second = await stage.open();
    await second.publish([stage.event('key', 30)]);
    await second.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: after.handler });
    await eventually(() => expect(after.numbers()).toEqual([30]));
  });

  test('what a member was handling when it was killed is delivered again, to another', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const doomed = await MemberProcess.start(stage.harness, {
      topic: stage.topic,
      group: stage.group,
    });
    await bus.publish([stage.event('key', 0)]);
    await eventually(() => expect(doomed.received).toEqual([0]));
    await doomed.kill();
    const recorder = new Recorder();
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([0]));
  });

  test('a member that was frozen and replaced commits nothing when it wakes', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    const orders = { topic: stage.topic, group: stage.group };
    const frozen = await MemberProcess.start(stage.harness, orders);
    try {
      await bus.publish([stage.event('key', 0)]);
      await eventually(() => expect(frozen.received).toEqual([0]));
      frozen.freeze();
      const held = gate();
      const recorder = new Recorder(() => held.opened);
      const successor = await bus.consumeAsGroup({
        group: stage.group,
        topics: stage.topics,
        handler: recorder.handler,
      });
      await bus.publish([stage.event('key', 1)]);
      await eventually(() => expect(recorder.started).toBe(1));
      frozen.thaw();
      await eventually(() => expect(frozen.hasClosed).toBe(true));
      expect(frozen.handled).toEqual([0]);
      // Were the late commit taken, the group would seem to have come further than its owner has.
      expect(await totalLag(successor)).toBe(2n);
      held.open();
      await eventually(async () => expect(await totalLag(successor)).toBe(0n));
      expect(recorder.numbers()).toEqual([0, 1]);
    } finally {
      await frozen.kill();
    }
  });

  test('a group begins at the earliest record, or at the end when it says so', async () => {
    const stage = openStage();
    const bus = await stage.open();
    await bus.publish([stage.event('key', 0)]);
    const [early, late] = [new Recorder(), new Recorder()];
    const { topics, group } = stage;
    await bus.consumeAsGroup({ group: `${group}.1`, topics, handler: early.handler });
    await bus.consumeAsGroup({ group: `${group}.2`, topics, startFrom: 'latest', handler: late.handler });
    await bus.publish([stage.event('key', 1)]);
    await eventually(() => expect(early.numbers()).toEqual([0, 1]));
    await eventually(() => expect(late.numbers()).toEqual([1]));
  });

  test('an event is handled within a fraction of the poll: consumers are woken', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const arrivals: number[] = [];
    await bus.consumeAsGroup({
      group: stage.group,
      topics: stage.topics,
      handler: async () => void arrivals.push(performance.now()),
    });
    const durations: number[] = [];
    for (const n of upTo(20)) {
      const sentAt = performance.now();
      await bus.publish([stage.event('key', n)]);
      await eventually(() => expect(arrivals).toHaveLength(n + 1));
      durations.push((arrivals[n] ?? Number.POSITIVE_INFINITY) - sentAt);
    }
    expect(durations.sort((a, b) => a - b)[10]).toBeLessThan(100);
  });
}

/** Publishes a few events of every partition again and again until something is so. */
async function publishUntil(stage: Stage, isSo: () => boolean): Promise<void> {
  const bus = await stage.open();
  await eventually(async () => {
    await stage.publishRound(bus);
    expect(isSo()).toBe(true);
  });
}

async function handledOnceAndInOrder(stage: Stage, ...recorders: Recorder[]): Promise<void> {
  for (const key of stage.keys()) {
    const expected = upTo(stage.countOf(key));
    await eventually(() =>
      expect(recorders.flatMap((recorder) => recorder.numbers(key)).sort(ascending)).toEqual(expected),
    );
    for (const recorder of recorders) expect(recorder.numbers(key)).toEqual(recorder.numbers(key).sort(ascending));
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
