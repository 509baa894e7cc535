import { expect, test } from 'vitest';
import { eventPage } from './event-pages.ts';

const schema = {
  title: 'Earned',
  description: 'Points were earned.',
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { description: 'Why | how.', type: 'string', enum: ['EARN'] },
    deltas: { description: 'What moved.', type: 'array', items: { $ref: '#/$defs/delta' } },
  },
  $defs: {
    delta: {
      description: 'A change.',
      type: 'object',
      required: ['posted'],
      properties: { posted: { description: 'How much.', type: 'string' } },
    },
  },
};

test('a page tells every property of every topic, those behind references too', () => {
  const page = eventPage([
    { name: 'localplus.test.v1', partitions: 8, cleanup: 'delete', retentionMs: 604_800_000, schema },
  ]);
  expect(page).toContain('`localplus.test.v1`: 8 partitions, 7 days are kept.');
  expect(page).toContain('| `kind` | `EARN` | yes | Why \\| how. |');
  expect(page).toContain('| `deltas` | array of object |  | What moved. |');
  expect(page).toContain('| `deltas[].posted` | string | yes | How much. |');
});
