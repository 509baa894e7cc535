import { expect, test } from 'vitest';
import { areSameBalances, availableOf, type Balance } from './balance.ts';

const points: Balance = { asset: { code: 'PTS.prg_1', scale: 0 }, posted: 10n, pending: 3n, held: 2n };
const euros: Balance = { asset: { code: 'EUR', scale: 2 }, posted: 2n ** 60n, pending: 0n, held: 0n };

test('available is what is posted, neither pending nor held', () => {
  expect(availableOf(points)).toBe(5n);
});

test('two states are the same whatever the order of their balances, and differ by the smallest unit', () => {
  expect(areSameBalances([points, euros], [euros, points])).toBe(true);
  expect(areSameBalances([euros], [{ ...euros, posted: euros.posted + 1n }])).toBe(false);
  expect(areSameBalances([points], [])).toBe(false);
});
