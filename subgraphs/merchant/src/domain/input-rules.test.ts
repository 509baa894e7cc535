import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputRules } from './input-rules.ts';
import { InvalidInput } from './refusals.ts';

function problemsOf(read: (rules: InputRules) => unknown): string[] {
  const rules = new InputRules();
  read(rules);
  try {
    rules.check();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ field }) => field);
    throw error;
  }
}

test('an input with several problems names all of them at once', () => {
  const fields = problemsOf((rules) => {
    rules.text('name', ' ', 10);
    rules.country('country', 'France');
    rules.currency('currency', 'eur');
  });
  expect(fields).toEqual(['name', 'country', 'currency']);
});

test('a problem says what the field must be and never repeats the value', () => {
  const rules = new InputRules();
  rules.text('name', 'hunter2\n', 3);
  expect(() => rules.check()).toThrow(/^name: must be one line of 1 to 3 characters\.$/);
});

test('texts lose surrounding spaces and are counted in characters', () => {
  const rules = new InputRules();
  expect(rules.text('name', '  Boulangerie Étoile ', 40)).toBe('Boulangerie Étoile');
  expect(problemsOf((it) => it.text('name', '🥐🥐🥐', 3))).toEqual([]);
  expect(problemsOf((it) => it.text('name', '🥐🥐🥐🥐', 3))).toEqual(['name']);
});

test.each(['a\u0000b', 'a\nb', 'a\u2028b', 'a\ud800b', '\t', ''])('a text of one line is not %j', (text) => {
  expect(problemsOf((rules) => rules.text('name', text, 10))).toEqual(['name']);
});

test.each(['FR', 'DE', 'GB', 'US', 'RE'])('%s is a country', (code) => {
  expect(problemsOf((rules) => rules.country('country', code))).toEqual([]);
});
test.each(['fr', 'FRA', 'ZZ', 'EU', 'XA', 'QQ', ''])('%j is none', (code) => {
  expect(problemsOf((rules) => rules.country('country', code))).toEqual(['country']);
});

test.each(['Europe/Paris', 'Indian/Reunion', 'UTC'])('%s is a time zone', (name) => {
  expect(problemsOf((rules) => rules.timeZone('timeZone', name))).toEqual([]);
});
test.each(['+01:00', 'Paris', 'Europe/Atlantis', ''])('%j is none', (name) => {
  expect(problemsOf((rules) => rules.timeZone('timeZone', name))).toEqual(['timeZone']);
});

test('numbers hold their bounds, the bounds included', () => {
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      const isKept = problemsOf((rules) => rules.number('points', value, { minimum: 1n, maximum: 5n })).length === 0;
      return isKept === (value >= 1n && value <= 5n);
    }),
  );
});
