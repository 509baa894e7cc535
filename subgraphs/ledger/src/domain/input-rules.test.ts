import { describe, expect, test } from 'vitest';
import { isAsset, isReference, isWithinTime, timeBounds } from './input-rules.ts';

const now = new Date('2026-03-01T12:00:00.000Z');
const hourMs = 3_600_000;
const at = (offsetMs: number) => new Date(now.getTime() + offsetMs);

describe('when something may have occurred', () => {
  test.each([
    ['72 hours ago', -72 * hourMs, true],
    ['a millisecond more than 72 hours ago', -72 * hourMs - 1, false],
    ['60 seconds ahead', 60_000, true],
    ['a millisecond more than 60 seconds ahead', 60_001, false],
  ])('%s', (_when, offsetMs, isAllowed) => {
    expect(isWithinTime(timeBounds(now, { isImport: false }), at(offsetMs))).toBe(isAllowed);
  });

  test('imports go back without a bound, and not ahead', () => {
    const bounds = timeBounds(now, { isImport: true });
    expect(isWithinTime(bounds, new Date('1970-01-01T00:00:00Z'))).toBe(true);
    expect(isWithinTime(bounds, at(60_001))).toBe(false);
  });
});

test.each([
  ['receipt-2026/03_01.7', true],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['', false],
  ['Jean Dupont', false],
  ['jean@example.org', false],
  ['line\nbreak', false],
  ['receipt\n', false],
])('a reference %j: %s', (text, isAllowed) => {
  expect(isReference(text)).toBe(isAllowed);
});

test.each([
  ['EUR', 2, true],
  ['PTS.01jd00000000000000000000aa', 0, true],
  ['PTS.short', 0, false],
  ['eur', 2, false],
  ['EUR', -1, false],
  ['EUR', 0.5, false],
  ['EUR', 5, false],
])('an asset %s with scale %d: %s', (code, scale, isAllowed) => {
  expect(isAsset({ code, scale })).toBe(isAllowed);
});
