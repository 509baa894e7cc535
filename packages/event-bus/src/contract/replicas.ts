import { expect, test } from 'vitest';
import { upTo } from './numbers.ts';
import { eventually, Recorder, type StageOpener } from './stage.ts';

/** Promises about consumption by every replica. */
export function replicaContract(openStage: StageOpener): void {
  test('every replica gets every event', async () => {
    const stage = openStage();
    const recorders = [new Recorder(), new Recorder(), new Recorder()];
    for (const { handler } of recorders) {
      const replica = await stage.open();
      await replica.consumeAsEveryReplica({ topics: stage.topics, startFrom: 'latest', handler });
    }
    const bus = await stage.open();
    await bus.publish(upTo(40).map((n) => stage.event('key', n)));
    for (const recorder of recorders) await eventually(() => expect(recorder.numbers()).toEqual(upTo(40)));
  });

  test('from "latest" a replica gets everything that is published once it has begun, and nothing older', async () => {
    const stage = openStage();
    const bus = await stage.open();
    await bus.publish([stage.event('key', 0)]);
    const recorder = new Recorder();
    await bus.consumeAsEveryReplica({ topics: stage.topics, startFrom: 'latest', handler: recorder.handler });
    await bus.publish([stage.event('key', 1)]);
    await eventually(() => expect(recorder.numbers()).toEqual([1]));
  });

  test('from "earliest" a replica gets everything that is kept', async () => {
    const stage = openStage();
    const bus = await stage.open();
    await bus.publish(upTo(5).map((n) => stage.event('key', n)));
    const recorder = new Recorder();
    await bus.consumeAsEveryReplica({ topics: stage.topics, startFrom: 'earliest', handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(5)));
  });

  test('from its own positions a replica goes on exactly there; partitions without one begin at the earliest', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [first, second] = stage.keys();
    await bus.publish(upTo(10).map((n) => stage.event(first ?? '', n)));
    await bus.publish(upTo(10).map((n) => stage.event(second ?? '', n)));
    const recorder = new Recorder();
    await bus.consumeAsEveryReplica({
      topics: stage.topics,
      startFrom: [{ topic: stage.topic.name, partition: 0, offset: 7n }],
      handler: recorder.handler,
    });
    await eventually(() => expect(recorder.numbers(first)).toEqual([7, 8, 9]));
    await eventually(() => expect(recorder.numbers(second)).toEqual(upTo(10)));
    expect(recorder.events.find(({ key }) => key === first)).toMatchObject({ partition: 0, offset: 7n });
  });

  test('a position beyond the end is of another log: the replica begins at the earliest, and skips nothing', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    await bus.publish(upTo(3).map((n) => stage.event('key', n)));
    const recorder = new Recorder();
    await bus.consumeAsEveryReplica({
      topics: stage.topics,
      startFrom: [{ topic: stage.topic.name, partition: 0, offset: 50n }],
      handler: recorder.handler,
    });
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(3)));
  });

  test('a replica stores no position: what comes after it begins where it says', async () => {
    const stage = openStage();
    const bus = await stage.open();
    await bus.publish(upTo(3).map((n) => stage.event('key', n)));
    for (const _ of upTo(2)) {
      const recorder = new Recorder();
      const { topics } = stage;
      const replica = await bus.consumeAsEveryReplica({ topics, startFrom: 'earliest', handler: recorder.handler });
      await eventually(() => expect(recorder.numbers()).toEqual(upTo(3)));
      await replica.close();
    }
  });
}
