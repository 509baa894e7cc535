import { expect, test } from 'vitest';
import type { EventHeaders } from '../event.ts';
import { upTo } from './numbers.ts';
import { eventually, Recorder, type Stage, type StageOpener } from './stage.ts';

/** What a foreign publisher may have written: large enough that no event of ours ever is. */
const hugeBytes = 5_000_000;

const foreign: { what: string; value: () => string; headers: (topic: string) => EventHeaders; reason: string }[] = [
  { what: 'is no JSON', value: () => '{"n": 1', headers: () => ({}), reason: 'no JSON' },
  { what: 'is empty', value: () => '', headers: () => ({}), reason: 'no JSON' },
  { what: 'breaks its schema', value: () => '{"n": "one"}', headers: () => ({}), reason: 'breaks its schema at /n' },
  {
    what: 'lacks its envelope',
    value: () => '{"n": 1}',
    headers: () => ({ ce_id: '' }),
    reason: 'headers are missing: ce_id',
  },
  {
    what: 'comes from a future version of its type',
    value: () => '{"n": 1}',
    headers: (topic) => ({ ce_type: topic.replace(/\.v1$/, '.v2') }),
    reason: 'ce_type is not',
  },
  {
    what: 'follows the schema of a future version',
    value: () => '{"n": 1}',
    headers: (topic) => ({ ce_dataschema: `https://schema.example/events/${topic.replace(/\.v1$/, '.v2')}.json` }),
    reason: 'ce_dataschema is not that of',
  },
  {
    what: 'is 5 MB large',
    value: () => JSON.stringify({ n: 1, text: 'x'.repeat(hugeBytes) }),
    headers: () => ({}),
    reason: 'its value is larger than',
  },
];

/** Promises about records that no handler can read. */
export function unreadableContract(openStage: StageOpener): void {
  test.each(foreign)(
    'a record that $what never reaches the handler: it is set aside with its reason, the others go on',
    async ({ value, headers, reason }) => {
      const stage = openStage({ partitions: 1 });
      const bus = await stage.open();
      const recorder = new Recorder();
      const text = value();
      await bus.publish([stage.event('before', 0)]);
      await append(stage, 'foreign', text, headers(stage.topic.name));
      await bus.publish([stage.event('after', 2), stage.event('foreign', 3)]);
      await bus.consumeAsGroup({ group: stage.group, topics: stage.topics, handler: recorder.handler });
      await eventually(() => expect(recorder.numbers()).toEqual([0, 2]));
      await eventually(async () => expect(await stage.letters()).toMatchObject([{ key: 'foreign', parked: 1 }]));
      const [letter] = await stage.letters();
      expect(letter?.reason).toContain(reason);
      expect(letter?.value === text).toBe(true);
    },
  );

  test('a record without a key belongs to no aggregate: it is set aside, and holds up nothing', async () => {
    const stage = openStage({ partitions: 1 });
    const bus = await stage.open();
    const recorder = new Recorder();
    for (const n of upTo(2)) await append(stage, '', `no JSON ${n}`);
    await append(stage, '', '{"n": 2}');
    await bus.publish([stage.event('key', 3)]);
    const { topics, group } = stage;
    const member = await bus.consumeAsGroup({ group, topics, handler: recorder.handler });
    await eventually(() => expect(recorder.numbers()).toEqual([2, 3]));
    await eventually(async () => {
      expect(await stage.letters()).toMatchObject([
        { value: 'no JSON 0', scope: 'record', parked: 0 },
        { value: 'no JSON 1', scope: 'record', parked: 0 },
      ]);
    });
    expect(await member.pausedAggregates()).toBe(0);
  });

  test('what no handler could read is handled by a release that can, after a replay', async () => {
    const stage = openStage();
    const old = await stage.open();
    const [before, after] = [new Recorder(), new Recorder()];
    const { topics, group } = stage;
    await append(stage, stage.keyOf(0), '{"n": 0, "text": 0}', {}, 0);
    await old.publish([stage.event(stage.keyOf(0), 1)]);
    const strict = await stage.open({ schema: { type: 'object', properties: { text: { type: 'string' } } } });
    await strict.consumeAsGroup({ group, topics, handler: before.handler });
    await eventually(async () => expect(await stage.letters()).toMatchObject([{ parked: 1 }]));
    await strict.close();
    const mended = await stage.open();
    await mended.consumeAsGroup({ group, topics, handler: after.handler });
    await stage.release('replay');
    await eventually(() => expect(after.numbers()).toEqual([0, 1]));
    expect(before.numbers()).toEqual([]);
  });
}

async function append(stage: Stage, key: string, value: string, headers: EventHeaders = {}, partition = 0) {
  const topic = stage.topic.name;
  await stage.harness.appendRaw({ topic, partition, key, value, headers: { ...stage.headers(), ...headers } });
}
