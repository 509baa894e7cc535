import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventBusEnvironment } from './event-bus-environment.ts';
import { readCommand, UsageError } from './options.ts';

test.each([
  [['--', 'list'], { verb: 'list' }],
  [['show', 'dl_1'], { verb: 'show', id: 'dl_1' }],
  [['discard', 'dl_1'], { verb: 'discard', id: 'dl_1' }],
  [['replay', 'wal_1'], { verb: 'replay', which: { idOrKey: 'wal_1' } }],
  [['replay', '--all'], { verb: 'replay', which: 'all' }],
])('%j is understood', (parameters, command) => {
  expect(readCommand(parameters)).toEqual(command);
});

test.each([[], ['list', 'x'], ['discard'], ['discard', '--all', 'x'], ['bury', 'dl_1']])(
  'anything else is answered by how it is used: %j',
  (...parameters) => {
    expect(() => readCommand(parameters)).toThrow(UsageError);
    expect(() => readCommand(parameters)).toThrow(/pnpm dead-letters -- replay/);
  },
);

test('the bus is the one that the environment names, else that of the running installation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'localplus-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const environment = { LOCALPLUS_STATE_DIRECTORY: folder };
  expect(() => eventBusEnvironment(environment)).toThrow(/npm start/);
  const eventBus = { EVENT_BUS: 'kafka', KAFKA_BROKERS: '127.0.0.1:9092' };
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ eventBus, tokens: {} }));
  expect(eventBusEnvironment(environment)).toMatchObject(eventBus);
  const named = { ...environment, EVENT_BUS_DATABASE_URL: 'postgresql://bus@db/localplus' };
  expect(eventBusEnvironment(named)).toEqual(named);
});
