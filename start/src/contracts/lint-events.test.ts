import { expect, test } from 'vitest';
import { lintEvents } from './lint-events.ts';

const good = { $id: 'https://a/t.v1.json', description: 'It.', properties: { id: { description: 'Which.' } } };

test('every topic has a schema of its name in which everything is explained', () => {
  expect(lintEvents(['t.v1'], [{ topic: 't.v1', schema: good }])).toEqual([]);
  expect(lintEvents(['t.v1'], [])).toEqual(['The topic t.v1 has no schema in schema/events']);
  const lines = { items: { properties: { amount: {} } } };
  expect(lintEvents([], [{ topic: 't.v2', schema: { ...good, properties: { lines } } }])).toEqual([
    'schema/events/t.v2.json belongs to no topic',
    'schema/events/t.v2.json has another $id',
    't.v2.lines has no description',
    't.v2.lines[].amount has no description',
  ]);
});
