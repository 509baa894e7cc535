import { expect, test } from 'vitest';
import { EventRejected } from '../event-rejected.ts';
import { EVENT_BYTES_MAX } from '../limits.ts';
import { partitionOf } from '../partition-of.ts';
import { numberOf, upTo } from './numbers.ts';
import { eventually, Recorder, type StageOpener } from './stage.ts';

/** Promises about what is published. */
export function publishingContract(openStage: StageOpener): void {
  test('events of a key keep the order of the calls, also when no call is awaited', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder();
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await Promise.all(upTo(300).map((n) => bus.publish([stage.event('one', n)])));
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(300)));
  });

  test('a key stands in the partition that the default partitioner of Kafka chooses', async () => {
    const stage = openStage({ partitions: 8 });
    const bus = await stage.open();
    const recorder = new Recorder();
    await bus.publish(upTo(50).map((n) => stage.event(`key-${n}`, n)));
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.events).toHaveLength(50));
    for (const { key, partition } of recorder.events) expect(partition).toBe(partitionOf(key, 8));
  });

  test('value, headers, key and time arrive as they were published', async () => {
    const stage = openStage({ schema: { type: 'object' } });
    const bus = await stage.open();
    const recorder = new Recorder();
    const value = { n: 1, amount: '9223372036854775807', text: "é 🥐 \u0000 \\ ' ,{}", deep: [[{ a: [null, true] }]] };
    const headers = { ...stage.headers(), traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    const before = Date.now();
    await bus.publish([{ topic: stage.topic.name, key: 'clé "1",{', value, headers }]);
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.events).toHaveLength(1));
    expect(recorder.events[0]).toMatchObject({ key: 'clé "1",{', value, headers });
    expect(Math.abs((recorder.events[0]?.time.getTime() ?? 0) - before)).toBeLessThan(60_000);
  });

  test('a large batch arrives complete, in order, and in bounded pieces', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const recorder = new Recorder();
    const keys = stage.keys();
    await bus.publish(upTo(5_000).map((n) => stage.event(keys[n % keys.length] ?? '', n)));
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.events).toHaveLength(5_000));
    for (const [index, key] of keys.entries()) {
      expect(recorder.numbers(key)).toEqual(upTo(5_000).filter((n) => n % keys.length === index));
    }
    expect(Math.max(...recorder.batches.map(({ events }) => events.length))).toBeLessThanOrEqual(500);
    for (const { partition, events } of recorder.batches) {
      expect(events.every((event) => event.partition === partition)).toBe(true);
    }
  });

  test('concurrent publishers lose nothing: offsets of a partition have no gap, each publisher keeps its order', async () => {
    const stage = openStage({ partitions: 2 });
    const buses = await Promise.all(upTo(3).map(() => stage.open()));
    const reader = await stage.open();
    const recorder = new Recorder();
    await reader.consumeAsEveryReplica({ topics: stage.topics, startFrom: 'earliest', handler: recorder.handler });
    await Promise.all(
      buses.map(async (bus, publisher) => {
        for (const n of upTo(100))
          await bus.publish([stage.event(`p${publisher}`, n), stage.event(`q${publisher}`, n)]);
      }),
    );
    await eventually(() => expect(recorder.events).toHaveLength(600));
    for (const publisher of upTo(3)) {
      expect(recorder.numbers(`p${publisher}`)).toEqual(upTo(100));
      expect(recorder.numbers(`q${publisher}`)).toEqual(upTo(100));
    }
    for (const partition of upTo(2)) {
      const offsets = recorder.events
        .filter((event) => event.partition === partition)
        .map(({ offset }) => Number(offset));
      expect(offsets).toEqual(upTo(offsets.length));
    }
  });

  test('an event that can never be accepted is refused with its place and reason, and nothing of its call is stored', async () => {
    const stage = openStage();
    const bus = await stage.open();
    const good = stage.event('good', 0);
    const refused = [
      { ...good, topic: 'contract.unknown' },
      { ...good, key: '' },
      { ...good, headers: {} },
      stage.event('large', 1, { text: 'x'.repeat(EVENT_BYTES_MAX) }),
    ];
    for (const event of refused) {
      await expect(bus.publish([good, event])).rejects.toThrow(EventRejected);
      await expect(bus.publish([good, event])).rejects.toMatchObject({ index: 1 });
    }
    const recorder = new Recorder();
    await bus.publish([stage.event('after', 7)]);
    await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.events.map(numberOf)).toEqual([7]));
  });

  test('what was acknowledged is there for a consumer that comes afterwards', async () => {
    const stage = openStage();
    const publisher = await stage.open();
    await publisher.publish(upTo(10).map((n) => stage.event('key', n)));
    await publisher.close();
    const recorder = new Recorder();
    const consumer = await stage.open();
    await consumer.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual(upTo(10)));
  });

  test('a closed bus refuses to publish', async () => {
    const stage = openStage();
    const bus = await stage.open();
    await bus.close();
    await expect(bus.publish([stage.event('key', 0)])).rejects.toThrow('closed');
  });
}
