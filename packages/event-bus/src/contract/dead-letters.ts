import { expect, test } from 'vitest';
import { ReleaseRefused } from '../dead-letters/dead-letter-office.ts';
import type { EventBatch } from '../event.ts';
import type { DeadLetter } from '../event-bus.ts';
import { MemberProcess } from './member-process.ts';
import { numberOf, upTo } from './numbers.ts';
import { eventually, Recorder, type StageOpener } from './stage.ts';

/** Promises about records that a handler refuses: what they hold up, and how operators release it. */
export function deadLetterContract(openStage: StageOpener): void {
  test('a dead letter pauses its aggregate alone: what came before is handled once, other keys of its partition go on', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    const recorder = new Recorder(refuse(4));
    const heard: DeadLetter[] = [];
    const { topics, group } = stage;
    await bus.publish(upTo(12).map((n) => stage.event(n % 2 === 0 ? 'sick' : 'sound', n)));
    const onDeadLetter = (deadLetter: DeadLetter) => void heard.push(deadLetter);
    const member = await bus.consumeAsGroup({ group, topics, handler: recorder.handler, onDeadLetter });
    await eventually(() => expect(recorder.numbers('sound')).toEqual([1, 3, 5, 7, 9, 11]));
    await bus.publish([stage.event('sick', 12), stage.event('sound', 13)]);
    await eventually(() => expect(recorder.numbers('sound')).toEqual([1, 3, 5, 7, 9, 11, 13]));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 4 }]));
    expect(recorder.numbers('sick')).toEqual([0, 2]);
    const letter = { consumer: group, key: 'sick', partition: 0, offset: 4n, reason: 'Error: cannot digest 4' };
    expect(await stage.letters()).toMatchObject([{ ...letter, scope: 'aggregate' }]);
    expect(heard).toMatchObject([letter]);
    await eventually(async () => expect(await member.pausedAggregates()).toBe(1));
  });

  test('a dead letter of one group pauses nothing for another', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [sick, sound] = [new Recorder(refuse(0)), new Recorder()];
    const { topics, group } = stage;
    await bus.consumeAsGroup({ group, topics, handler: sick.handler });
    await bus.consumeAsGroup({ group: `${group}.2`, topics, handler: sound.handler });
    await bus.publish(upTo(3).map((n) => stage.event('key', n)));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 2 }]));
    await eventually(() => expect(sound.numbers()).toEqual(upTo(3)));
    expect(sick.numbers()).toEqual([]);
  });

  test('a pause outlives its consumer: the next parks what comes behind, and other keys go on', async () => {
    const stage = openStage({ partitions: 1 });
    const { topics, group } = stage;
    const first = await stage.open();
    await first.publish([stage.event('sick', 0), stage.event('sick', 1)]);
    await first.consumeAsGroup({ group, topics, handler: new Recorder(refuse(0)).handler });
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 1 }]));
    await first.close();

    const recorder = new Recorder();
    const second = await stage.open();
    const member = await second.consumeAsGroup({ group, topics, handler: recorder.handler });
    await second.publish([stage.event('sick', 2), stage.event('sound', 3)]);
    await eventually(() => expect(recorder.numbers()).toEqual([3]));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ offset: 0n, parked: 2 }]));
    await eventually(async () => expect(await member.pausedAggregates()).toBe(1));
  });

  test('a pause goes with its partition when a member joins, and a replay is done by whoever has it', async () => {
    const stage = openStage();
    const { topics, group } = stage;
    const [one, two] = [await stage.open(), await stage.open()];
    const isMended = { value: false };
    const digest = (batch: EventBatch) => {
      if (!isMended.value) refuse(0)(batch);
    };
    const [first, second] = [new Recorder(digest), new Recorder(digest)];
    await one.consumeAsGroup({ group, topics, handler: first.handler });
    await one.publish(stage.keys().map((key) => stage.event(key, 0)));
    await eventually(async () => expect(await stage.letters()).toHaveLength(4));
    await two.consumeAsGroup({ group, topics, handler: second.handler });
    await one.publish(stage.keys().map((key) => stage.event(key, 1)));
    await eventually(async () => expect((await stage.letters()).map(({ parked }) => parked)).toEqual([1, 1, 1, 1]));
    isMended.value = true;
    await stage.releaseAll('replay');
    for (const key of stage.keys()) {
      await eventually(() => expect([...first.numbers(key), ...second.numbers(key)]).toEqual([0, 1]));
    }
    await eventually(async () => expect(await stage.letters()).toEqual([]));
  });

  test('a replay hands over all that was parked, in order, and the aggregate goes on', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    let isMended = false;
    const recorder = new Recorder((batch) => {
      if (!isMended) refuse(1)(batch);
    });
    const { topics, group } = stage;
    const consumption = { group, topics, handler: recorder.handler, batchSizeMax: 7 };
    const member = await bus.consumeAsGroup(consumption);
    await bus.publish(upTo(30).map((n) => stage.event('key', n)));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 28 }]));
    expect(recorder.numbers()).toEqual([0]);
    isMended = true;
    await stage.release('replay');
    await bus.publish([stage.event('key', 30)]);
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(31)));
    expect(Math.max(...recorder.batches.map(({ events }) => events.length))).toBeLessThanOrEqual(7);
    await eventually(async () => expect(await stage.letters()).toEqual([]));
    await eventually(async () => expect(await member.pausedAggregates()).toBe(0));
  });

  test('a replay that fails again leaves the aggregate paused, at the record that failed', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    const faulty = new Set([0, 2]);
    const recorder = new Recorder((batch) => {
      for (const n of faulty) refuse(n)(batch);
    });
    const { topics, group } = stage;
    await bus.consumeAsGroup({ group, topics, handler: recorder.handler });
    await bus.publish(upTo(5).map((n) => stage.event('key', n)));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ offset: 0n, parked: 4 }]));

    await stage.release('replay');
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ requested: undefined }]));
    expect(await stage.letters()).toMatchObject([{ offset: 0n, parked: 4 }]);
    expect(recorder.numbers()).toEqual([]);

    faulty.delete(0);
    await stage.release('replay');
    await eventually(async () => {
      expect(await stage.letters()).toMatchObject([{ offset: 2n, parked: 2, requested: undefined }]);
    });
    await bus.publish([stage.event('key', 5)]);
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 3 }]));
    expect(recorder.numbers()).toEqual([0, 1]);

    faulty.clear();
    await stage.release('replay');
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(6)));
    await eventually(async () => expect(await stage.letters()).toEqual([]));
  });

  test('a discard gives up the dead letter alone, and hands over what was parked behind it', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    const recorder = new Recorder(refuse(1));
    const { topics, group } = stage;
    await bus.consumeAsGroup({ group, topics, handler: recorder.handler });
    await bus.publish(upTo(5).map((n) => stage.event('key', n)));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 3 }]));
    await stage.release('discard');
    await eventually(() => expect(recorder.numbers()).toEqual([0, 2, 3, 4]));
    await bus.publish([stage.event('key', 5)]);
    await eventually(() => expect(recorder.numbers()).toEqual([0, 2, 3, 4, 5]));
    await eventually(async () => expect(await stage.letters()).toEqual([]));
  });

  test('what is asked for while no consumer runs is done by the next', async () => {
    const stage = openStage();
    const { topics, group } = stage;
    const first = await stage.open();
    await first.publish(upTo(3).map((n) => stage.event('key', n)));
    await first.consumeAsGroup({ group, topics, handler: new Recorder(refuse(0)).handler });
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 2 }]));
    await first.close();
    await stage.release('replay');
    expect(await stage.letters()).toMatchObject([{ requested: 'replay' }]);

    const recorder = new Recorder();
    const second = await stage.open();
    await second.consumeAsGroup({ group, topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(3)));
    await eventually(async () => expect(await stage.letters()).toEqual([]));
  });

  test('a replay whose member is killed in its midst is finished by the next, from the first that was not done, in order', async () => {
    const stage = openStage({ partitions: 1 });
    const { topics, group, topic } = stage;
    const first = await stage.open();
    await first.publish(upTo(4).map((n) => stage.event('key', n)));
    await first.consumeAsGroup({ group, topics, handler: new Recorder(refuse(0)).handler });
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 3 }]));
    await first.close();
    await stage.release('replay');
    const doomed = await MemberProcess.start(stage.harness, { topic, group });
    await eventually(() => expect(doomed.received).toEqual(upTo(4)));
    await doomed.kill();
    expect(await stage.letters()).toMatchObject([{ offset: 0n, parked: 3, requested: 'replay' }]);

    const recorder = new Recorder();
    const second = await stage.open();
    await second.consumeAsGroup({ group, topics, handler: recorder.handler });
    await second.publish([stage.event('key', 4)]);
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(5)));
    await eventually(async () => expect(await stage.letters()).toEqual([]));
  });

  test('a replica sets a record aside as well, and goes on: it holds up nothing, and is only discarded', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    const recorder = new Recorder(refuse(1));
    await bus.publish(upTo(3).map((n) => stage.event('key', n)));
    const { topics, group: name } = stage;
    await bus.consumeAsEveryReplica({ name, topics, startFrom: 'earliest', handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([0, 2]));
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ scope: 'replica', parked: 0 }]));
    await expect(stage.release('replay')).rejects.toThrow(ReleaseRefused);
    await stage.release('discard');
    expect(await stage.letters()).toEqual([]);
  });
}

/** Fails on batches with a certain event. */
function refuse(n: number): (batch: EventBatch) => void {
  return ({ events }) => {
    if (events.some((event) => numberOf(event) === n)) throw new Error(`cannot digest ${n}`);
  };
}
