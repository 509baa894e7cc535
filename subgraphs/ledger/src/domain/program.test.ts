import { expect, test } from 'vitest';
import { type ProgramVersion, versionInForce } from './program.ts';

function version(number: number, startsAt: string): ProgramVersion {
  const rate = { points: 1n, perAmountMinor: 100n, rounding: 'DOWN' as const, minimumPurchaseMinor: 0n };
  const lots = { activationDelayDays: 0, negativeBalance: 'NEVER' as const, refundGraceDays: 0 };
  return { version: number, startsAt: new Date(startsAt), ...rate, ...lots, validity: { kind: 'UNLIMITED' } };
}

const versions = [
  version(1, '2026-01-01T00:00:00Z'),
  version(2, '2026-02-01T00:00:00Z'),
  version(3, '2026-02-01T00:00:00Z'),
];

test.each([
  ['before any version the first counts', '2025-12-31T23:59:59.999Z', 1],
  ['a version counts from its first instant on', '2026-01-01T00:00:00Z', 1],
  ['until the instant before the next one', '2026-01-31T23:59:59.999Z', 1],
  ['of versions that start together the highest counts', '2026-02-01T00:00:00Z', 3],
])('%s', (_rule, at, expected) => {
  expect(versionInForce(versions, new Date(at)).version).toBe(expected);
});

test('a program without a version is a fault, not a free purchase', () => {
  expect(() => versionInForce([], new Date())).toThrow('no version');
});
