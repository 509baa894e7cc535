import { expect, test } from 'vitest';
import { upTo } from './numbers.ts';
import { eventually, gate, Recorder, type StageOpener } from './stage.ts';

/** Promises about records and neighbours that make trouble. */
export function faultContract(openStage: StageOpener): void {
  test('a poison record does not hold up the other partitions', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [poisoned, healthy] = stage.keys();
    const failed = gate();
    const recorder = new Recorder(async (batch) => {
      if (batch.partition !== 0) return;
      failed.open();
      throw new Error('cannot digest');
    });
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await bus.publish([stage.event(poisoned ?? '', 0)]);
    await failed.opened;
    await bus.publish([stage.event(healthy ?? '', 1)]);
    await eventually(() => expect(recorder.numbers()).toEqual([1]));
    await eventually(async () => expect(await stage.letters()).toHaveLength(1));
  });

  test('a failure that passes is tried again, and sets nothing aside', async () => {
    const stage = openStage();
    const bus = await stage.open();
    let failures = 0;
    const recorder = new Recorder(() => {
      failures += 1;
      if (failures < 4) throw new Error('not yet');
    });
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await bus.publish([stage.event('key', 0)]);
    await eventually(() => expect(recorder.numbers()).toEqual([0]));
    expect(await stage.letters()).toEqual([]);
  });

  test('an outage of a neighbour sets nothing aside, however long it lasts', async () => {
    const stage = openStage();
    const bus = await stage.open();
    let attempts = 0;
    const recorder = new Recorder(() => {
      attempts += 1;
      if (attempts < 8) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await bus.publish(upTo(3).map((n) => stage.event('key', n)));
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(3)));
    expect(await stage.letters()).toEqual([]);
  });

  test('properties that a later version adds are no fault', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder();
    await bus.publish([stage.event('key', 0, { addedLater: true })]);
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([0]));
  });

  test('when every connection is cut, publishers, groups and replicas recover by themselves, and nothing is lost', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const [member, replica] = [new Recorder(), new Recorder()];
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: member.handler });
    await bus.consumeAsEveryReplica({ topics: stage.topics, startFrom: 'latest', handler: replica.handler });
    for (const n of upTo(30)) {
      if (n % 10 === 5) await stage.harness.interrupt();
      // A publication that failed may have been stored: its publisher, the outbox, sends it again.
      await eventually(() => bus.publish([stage.event('key', n)]));
    }
    await eventually(() => expect(new Set(member.numbers())).toEqual(new Set(upTo(30))));
    await eventually(() => expect(new Set(replica.numbers())).toEqual(new Set(upTo(30))));
    const offsets = replica.events.map(({ offset }) => offset);
    expect(new Set(offsets).size).toBe(offsets.length);
  });
}
