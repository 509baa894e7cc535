import { expect, test } from 'vitest';
import type { EventBatch, EventHeaders } from '../event.ts';
import type { DeadLetter } from '../event-bus.ts';
import { numberOf, upTo } from './numbers.ts';
import { eventually, gate, Recorder, type StageOpener } from './stage.ts';

/** Promises about records and neighbours that make trouble. */
export function faultContract(openStage: StageOpener): void {
  test('a poison record is set aside with its reason; those before and after it are handled once each, in order', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder(refuse(5));
    const heard: DeadLetter[] = [];
    await bus.publish(upTo(10).map((n) => stage.event('key', n)));
    await bus.consumeAsGroup({
      group: stage.group,
      topics: stage.topics,
      handler: recorder.handler,
      onDeadLetter: (deadLetter) => void heard.push(deadLetter),
    });
    await eventually(() => expect(recorder.numbers()).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9]));
    await eventually(async () => {
      expect(await stage.harness.deadLetters(stage.group)).toMatchObject([{ reason: 'Error: cannot digest 5' }]);
    });
    expect(heard).toMatchObject([{ consumer: stage.group, key: 'key', offset: 5n, reason: 'Error: cannot digest 5' }]);
  });

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
    await eventually(async () => expect(await stage.harness.deadLetters(stage.group)).toHaveLength(1));
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
    expect(await stage.harness.deadLetters(stage.group)).toEqual([]);
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
    expect(await stage.harness.deadLetters(stage.group)).toEqual([]);
  });

  test.each<{ what: string; value: string; headers: EventHeaders; reason: string }>([
    { what: 'is no JSON', value: '{"n": 1', headers: {}, reason: 'no JSON' },
    { what: 'breaks its schema', value: '{"n": "one"}', headers: {}, reason: 'breaks its schema at /n' },
    { what: 'lacks its envelope', value: '{"n": 1}', headers: { ce_id: '' }, reason: 'headers are missing: ce_id' },
    { what: 'is of another version', value: '{"n": 1}', headers: { ce_type: 'contract.v2' }, reason: 'ce_type is not' },
  ])(
    'a record that $what never reaches the handler: it is set aside, the others go on',
    async ({ value, headers, reason }) => {
      const stage = openStage();
      const bus = await stage.open();
      const recorder = new Recorder();
      const key = stage.keyOf(0);
      await bus.publish([stage.event(key, 0)]);
      await stage.harness.appendRaw({
        topic: stage.topic.name,
        partition: 0,
        key,
        value,
        headers: { ...stage.headers(), ...headers },
      });
      await bus.publish([stage.event(key, 2)]);
      await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
      await eventually(() => expect(recorder.numbers()).toEqual([0, 2]));
      const letters = await stage.harness.deadLetters(stage.group);
      expect(letters).toMatchObject([{ value, reason: expect.stringContaining(reason) }]);
    },
  );

  test('properties that a later version adds are no fault', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder();
    await bus.publish([stage.event('key', 0, { addedLater: true })]);
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([0]));
  });

  test('a replica sets a poison record aside as well, and goes on', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder(refuse(1));
    await bus.publish(upTo(3).map((n) => stage.event('key', n)));
    const { topics, group: name } = stage;
    await bus.consumeAsEveryReplica({ name, topics, startFrom: 'earliest', handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([0, 2]));
    expect(await stage.harness.deadLetters(name)).toHaveLength(1);
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

/** Fails on batches with a certain event. */
function refuse(n: number): (batch: EventBatch) => void {
  return ({ events }) => {
    if (events.some((event) => numberOf(event) === n)) throw new Error(`cannot digest ${n}`);
  };
}
