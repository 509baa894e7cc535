import { expect, test } from 'vitest';
import { numberOf, upTo } from './numbers.ts';
import { eventually, gate, Recorder, type StageOpener, totalLag } from './stage.ts';

/** Promises about what a running consumer can be told: pause, resume, lag, close. And about what the log keeps. */
export function controlContract(openStage: StageOpener): void {
  test('a paused member starts no handler and keeps its place; resumed it misses nothing', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [paused, witness] = [new Recorder(), new Recorder()];
    const member = await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: paused.handler });
    await bus.consumeAsGroup({ group: `${stage.group}.2`, topics: stage.topics, handler: witness.handler });
    await bus.publish([stage.event('key', 0)]);
    await eventually(() => expect(paused.numbers()).toEqual([0]));
    member.pause();
    await bus.publish([stage.event('key', 1)]);
    await eventually(() => expect(witness.numbers()).toEqual([0, 1]));
    expect(paused.started).toBe(1);
    member.resume();
    await eventually(() => expect(paused.numbers()).toEqual([0, 1]));
  });

  test('a paused replica holds back alone', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [paused, witness] = [new Recorder(), new Recorder()];
    const { topics } = stage;
    const replica = await bus.consumeAsEveryReplica({ topics, startFrom: 'latest', handler: paused.handler });
    await bus.consumeAsEveryReplica({ topics, startFrom: 'latest', handler: witness.handler });
    replica.pause();
    await bus.publish([stage.event('key', 0)]);
    await eventually(() => expect(witness.numbers()).toEqual([0]));
    expect(paused.started).toBe(0);
    replica.resume();
    await eventually(() => expect(paused.numbers()).toEqual([0]));
  });

  test('a slow handler holds up its own partition alone, and gets one batch at a time', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [slow, quick] = stage.keys();
    const held = gate();
    const recorder = new Recorder(({ partition }) => (partition === 0 ? held.opened : undefined));
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await bus.publish([stage.event(slow ?? '', 0)]);
    await eventually(() => expect(recorder.started).toBe(1));
    await bus.publish([stage.event(slow ?? '', 1), stage.event(quick ?? '', 2)]);
    await eventually(() => expect(recorder.numbers()).toEqual([2]));
    expect(recorder.started).toBe(2);
    held.open();
    await eventually(() => expect(recorder.numbers(slow)).toEqual([0, 1]));
  });

  test('close lets the running handler finish and commits it', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const held = gate();
    const [first, second] = [new Recorder(() => held.opened), new Recorder()];
    const member = await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: first.handler });
    await bus.publish([stage.event('key', 0)]);
    await eventually(() => expect(first.started).toBe(1));
    let isClosed = false;
    const closed = member.close().then(() => {
      isClosed = true;
    });
    // Many more round trips than a close takes that waits for nobody.
    for (const n of upTo(20)) await bus.publish([stage.event('key', n + 1)]);
    expect(isClosed).toBe(false);
    held.open();
    await closed;
    expect(first.numbers()).toEqual([0]);
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: second.handler });
    await eventually(() => expect(second.numbers()).toEqual(upTo(21).slice(1)));
  });

  test('close does not wait for a record that keeps failing: it is left to the next', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const failing = new Recorder(() => {
      throw Object.assign(new Error('the neighbour is down'), { code: 'ECONNREFUSED' });
    });
    const member = await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: failing.handler });
    await bus.publish([stage.event('key', 0)]);
    await eventually(() => expect(failing.started).toBeGreaterThan(1));
    await member.close();
    const recorder = new Recorder();
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([0]));
    expect(await stage.letters()).toEqual([]);
  });

  test('what was handled before a failing record is not delivered again after a close', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const reachedThird = gate();
    const recorder = new Recorder(({ events }) => {
      const [first] = events.map(numberOf);
      if (events.length > 1) throw new Error('one of them is at fault');
      if (first === 2) reachedThird.open();
      if (first === 2) throw new Error('cannot digest');
    });
    await bus.publish(upTo(4).map((n) => stage.event('key', n)));
    const member = await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await reachedThird.opened;
    await member.close();
    const second = new Recorder();
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: second.handler });
    await eventually(() => expect(second.numbers()).toEqual([2, 3]));
  });

  test('the lag of a group counts what it has not committed, that of a replica what it has not handled', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const held = gate();
    const { topics, group } = stage;
    const handler = () => held.opened;
    const member = await bus.consumeAsGroup({ group, topics, handler });
    const replica = await bus.consumeAsEveryReplica({ topics, startFrom: 'latest', handler });
    expect(await totalLag(member)).toBe(0n);
    expect(await totalLag(replica)).toBe(0n);
    await bus.publish(upTo(12).map((n) => stage.event(stage.keyOf(n % 2), n)));
    expect(await totalLag(member)).toBe(12n);
    expect(await totalLag(replica)).toBe(12n);
    expect((await member.lag()).map(({ partition, records }) => [partition, records])).toEqual([
      [0, 6n],
      [1, 6n],
      [2, 0n],
      [3, 0n],
    ]);
    held.open();
    await eventually(async () => expect(await totalLag(member)).toBe(0n));
    await eventually(async () => expect(await totalLag(replica)).toBe(0n));
  });

  test('batches are as small as the consumer asks', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder();
    await bus.publish(upTo(20).map((n) => stage.event('key', n)));
    const { topics, group } = stage;
    await bus.consumeAsGroup({ group, topics, batchSizeMax: 7, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(20)));
    expect(recorder.batches.map(({ events }) => events.length)).toEqual([7, 7, 6]);
  });

  test('a compacted topic keeps the newest record of each key, in order, for whoever begins at the earliest', async () => {
    const stage = openStage({ cleanup: 'compact', partitions: 1 });
    const bus = await stage.open();
    for (const n of upTo(30)) await bus.publish([stage.event(`key-${n % 3}`, n)]);
    await stage.harness.maintain();
    const recorder = new Recorder();
    await bus.consumeAsEveryReplica({ topics: stage.topics, startFrom: 'earliest', handler: recorder.handler });
    await eventually(() => expect(recorder.numbers().slice(-3)).toEqual([27, 28, 29]));
    expect(recorder.numbers().length).toBeLessThan(30);
    await bus.publish([stage.event('key-0', 30)]);
    await eventually(() => expect(recorder.numbers().at(-1)).toBe(30));
  });
}
