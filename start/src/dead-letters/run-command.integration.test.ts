import { cloudEventHeaders, type EventBus } from '@localplus/event-bus';
import { openDeadLetterOffice } from '@localplus/event-bus/open';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { createLogger } from '@localplus/logging';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readCommand } from './options.ts';
import { runCommand } from './run-command.ts';

const logger = createLogger('test').child({}, { level: 'fatal' });
const topic = 'operators.v1';
const isFaulty = { value: true };

let database: TestDatabase;
let bus: EventBus;
let handled: string[];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  handled = [];
  isFaulty.value = true;
  const topics = [{ name: topic, partitions: 2, cleanup: 'delete', retentionMs: 3_600_000, schema: {} }] as const;
  const connectionString = database.connectionString('bus');
  bus = await createPostgresEventBus({ connectionString, name: 'test', logger, topics });
  await bus.consumeAsGroup({
    group: 'operators.group',
    topics: [topic],
    handler: async ({ events }) => {
      const isRefused = isFaulty.value && events.some(({ value }) => value === 'faulty');
      if (isRefused) throw new Error('cannot digest\nthis');
      handled.push(...events.map(({ key, value }) => `${key} ${value}`));
    },
  });
});
afterEach(async () => {
  isFaulty.value = false;
  await operate('replay', '--all');
  await bus.close();
});

async function publish(key: string, ...values: string[]): Promise<void> {
  const headers = cloudEventHeaders({ id: `evt_${key}`, type: topic, source: '/test', time: new Date() });
  await bus.publish(values.map((value) => ({ topic, key, value, headers })));
}

async function operate(...parameters: string[]): Promise<{ isDone: boolean; text: string }> {
  const office = await openDeadLetterOffice({ EVENT_BUS_DATABASE_URL: database.connectionString('bus') }, logger);
  const lines: string[] = [];
  try {
    const isDone = await runCommand(office, readCommand(parameters), (text) => void lines.push(text));
    return { isDone, text: lines.join('\n') };
  } finally {
    await office.close();
  }
}

async function theOnlyId(): Promise<string> {
  const found = async () => {
    const listed = await operate('list');
    return listed.text.includes('dl_') && listed;
  };
  const { text } = await vi.waitUntil(found, { timeout: 15_000, interval: 50 });
  const ids = text.match(/dl_[0-9a-f]{12}/g) ?? [];
  expect(ids).toHaveLength(1);
  return ids[0] ?? '';
}

test('an operator finds what is held up, in one line each, and the record behind it', async () => {
  expect((await operate('list')).text).toBe('There are no dead letters.');
  await publish('wal_1', 'fine', 'faulty', 'parked');
  const id = await theOnlyId();
  const { text } = await operate('list');
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toMatch(/operators\.group {2}wal_1 .* 1 .*Error: cannot digest this$/);
  const details = await operate('show', id);
  expect(details.text).toMatch(/reason +Error: cannot digest this/);
  expect(details.text).toContain('"faulty"');
  expect(details.text).toMatch(/header ce_id +evt_wal_1/);
});

test('a replay says that it failed again, and after the cause is mended that the key goes on', async () => {
  await publish('wal_2', 'faulty', 'parked');
  const id = await theOnlyId();
  const again = await operate('replay', id);
  expect(again).toMatchObject({
    isDone: false,
    text: expect.stringMatching(/failed again, and its key stays paused with 1/),
  });
  isFaulty.value = false;
  expect(await operate('replay', 'wal_2')).toMatchObject({ isDone: true, text: expect.stringContaining('is handled') });
  expect(handled).toEqual(['wal_2 faulty', 'wal_2 parked']);
});

test('a discard gives up one record and hands over the others', async () => {
  await publish('wal_3', 'faulty', 'parked');
  const { isDone, text } = await operate('discard', await theOnlyId());
  expect({ isDone, text }).toMatchObject({ isDone: true, text: expect.stringContaining('is given up') });
  expect(handled).toEqual(['wal_3 parked']);
});

test('what fails behind a record that is given up is named: the key stays paused there', async () => {
  await publish('wal_4', 'faulty', 'fine', 'faulty', 'parked');
  const { isDone, text } = await operate('discard', await theOnlyId());
  expect(isDone).toBe(false);
  expect(text).toMatch(/is given up, but dl_[0-9a-f]{12} behind it failed: its key stays paused with 1 parked/);
  expect(handled).toEqual(['wal_4 fine']);
});

test('what is not there is said', async () => {
  await expect(operate('show', 'dl_000000000000')).rejects.toThrow(/There is no dead letter dl_000000000000/);
  await expect(operate('replay', 'wal_9')).rejects.toThrow(/nor one of that key/);
  expect(await operate('replay', '--all')).toEqual({ isDone: true, text: 'There is nothing to replay.' });
});
