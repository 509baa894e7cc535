import { expect, test } from 'vitest';
import { eventFaults, type SchemaPart } from './event-compatibility.ts';

const released = {
  title: 'Earned',
  type: 'object',
  required: ['holderId', 'deltas'],
  properties: {
    holderId: { description: 'Whose.', type: 'string', pattern: '^wal_' },
    storeId: { type: ['string', 'null'] },
    kind: { type: 'string', enum: ['EARN', 'BURN'] },
    deltas: {
      type: 'array',
      items: {
        type: 'object',
        required: ['posted'],
        properties: { posted: { type: 'string' }, asset: { $ref: '#/$defs/asset' } },
      },
    },
  },
  $defs: { asset: { type: 'object', properties: { code: { type: 'string', maxLength: 64 } } } },
} as const satisfies SchemaPart;

/** The released schema with one place of it replaced; undefined removes it. */
function changed(path: string, value: unknown): SchemaPart {
  const copy = structuredClone(released) as Record<string, unknown>;
  const names = path.split('/');
  let part = copy;
  for (const name of names.slice(0, -1)) part = part[name] as Record<string, unknown>;
  const last = names.at(-1) ?? '';
  if (value === undefined) delete part[last];
  else part[last] = value;
  return copy;
}

test.each([
  ['a removed property', changed('properties/storeId', undefined), 'earned.storeId was removed'],
  [
    'a removed property of an item',
    changed('properties/deltas/items/properties/asset', undefined),
    'earned.deltas[].asset was removed',
  ],
  [
    'another type',
    changed('properties/holderId/type', 'integer'),
    'earned.holderId: type was "string" and is "integer"',
  ],
  [
    'a type that may be null',
    changed('properties/holderId/type', ['string', 'null']),
    'earned.holderId: type was "string"',
  ],
  [
    'another form',
    changed('properties/holderId/pattern', '^gc_'),
    'earned.holderId: pattern was "^wal_" and is "^gc_"',
  ],
  [
    'another bound behind a reference',
    changed('$defs/asset/properties/code/maxLength', 32),
    'earned#asset.code: maxLength was 64 and is 32',
  ],
  [
    'a value that consumers of the release refuse',
    changed('properties/kind/enum', ['EARN', 'BURN', 'HOLD']),
    'earned.kind: enum was',
  ],
  [
    'a property that is required from now on',
    changed('required', ['holderId', 'deltas', 'kind']),
    'earned.kind has become required',
  ],
  [
    'a property that consumers count on',
    changed('required', ['deltas']),
    'earned.holderId is not always there any more',
  ],
  [
    'an array without its items',
    changed('properties/deltas/items', undefined),
    'earned.deltas[] is described on one side only',
  ],
  [
    'a word that nobody has thought about',
    changed('properties/kind/not', {}),
    '"not" is a word that the comparison does not know',
  ],
])('%s breaks a release', (_what, now, fault) => {
  expect(eventFaults(released, now, 'earned').join('; ')).toContain(fault);
});

test.each([
  ['nothing', changed('title', 'Earned')],
  ['an optional property', changed('properties/reference', { type: 'string' })],
  ['better words', changed('properties/holderId/description', 'Whose it is.')],
  ['an example', changed('examples', [{}])],
])('%s may be added', (_what, now) => {
  expect(eventFaults(released, now, 'earned')).toEqual([]);
});
