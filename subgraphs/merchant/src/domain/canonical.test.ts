import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';

test('the order of properties and what is left out make no other input', () => {
  expect(canonicalText({ a: 1n, b: { c: 'x', d: undefined } })).toBe(canonicalText({ b: { c: 'x' }, a: 1n }));
});

test('values that differ are written differently, also when their texts are alike', () => {
  const texts = [
    { a: 1n },
    { a: 1 },
    { a: '1' },
    { a: '1n' },
    { a: new Date(0) },
    { a: new Date(0).toISOString() },
    { a: null },
    {},
  ];
  expect(new Set(texts.map(canonicalText)).size).toBe(texts.length);
});

test('plain JSON is written as JSON that reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalText(plain))).toEqual(plain);
    }),
  );
});
