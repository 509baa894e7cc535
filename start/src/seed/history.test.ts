import { expect, test } from 'vitest';
import { daysBefore, parisInstant, weekday } from './calendar.ts';
import { demoConsumers } from './consumers.ts';
import { type DemoEvent, drawHistories } from './history.ts';
import { demoMerchants } from './merchants.ts';

const today = '2026-11-22';
const draw = (day = today) => demoMerchants.map((merchant) => drawHistories(merchant, demoConsumers, day));
const all = (day?: string): DemoEvent[] => draw(day).flatMap((histories) => histories.flatMap(({ events }) => events));

test('the same day gives the same history, so that a seed that was killed goes on and doubles nothing', () => {
  expect(all()).toEqual(all());
  const keys = all().map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.every((key) => /^[\w.-]{1,64}$/.test(key))).toBe(true);
});

test('three months until yesterday, whatever the day', () => {
  for (const day of [today, '2027-03-30']) {
    const times = all(day).map(({ occurredAt }) => occurredAt.getTime());
    expect(Math.max(...times)).toBeLessThan(Date.parse(day));
    expect(Math.min(...times)).toBeGreaterThan(Date.parse(daysBefore(day, 92)));
  }
});

test('there is something to look at: a couple of thousand purchases, rewards, and one return per merchant', () => {
  const count = (kind: DemoEvent['kind']) => all().filter((event) => event.kind === kind).length;
  expect(count('earn')).toBeGreaterThan(1_200);
  expect(count('earn')).toBeLessThan(3_000);
  expect(count('burn')).toBeGreaterThan(40);
  expect(count('reverse')).toBe(2);
});

test('nobody buys when the shop is closed', () => {
  demoMerchants.forEach((merchant, index) => {
    for (const { events } of draw()[index] ?? []) {
      for (const { occurredAt } of events) {
        const local = new Date(occurredAt.toLocaleString('en-US', { timeZone: 'Europe/Paris' }));
        const minutes = local.getHours() * 60 + local.getMinutes();
        const spans = merchant.hours[local.getDay()] ?? [];
        expect(spans.some(({ from, to }) => minutes >= from && minutes < to)).toBe(true);
      }
    }
  });
});

test('no reward is taken that the points before it do not cover', () => {
  demoMerchants.forEach((merchant, index) => {
    for (const { events } of draw()[index] ?? []) {
      let balance = 0;
      for (const event of events) {
        if (event.kind === 'burn') balance -= event.points;
        if (event.kind === 'earn') {
          const { terms } = merchant;
          const points = Math.floor((event.amountMinor * terms.points) / terms.perAmountMinor);
          balance += event.amountMinor < terms.minimumPurchaseMinor ? 0 : points;
        }
        expect(balance).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

test('some fifty people, each with a name and an address of their own', () => {
  expect(demoConsumers).toHaveLength(50);
  expect(new Set(demoConsumers.map(({ email }) => email)).size).toBe(50);
  expect(demoConsumers.every(({ email }) => /^[a-z.-]+@exemple\.fr$/.test(email))).toBe(true);
});

test('the clocks of Paris, in winter and in summer', () => {
  expect(parisInstant('2026-01-15', 9 * 60).toISOString()).toBe('2026-01-15T08:00:00.000Z');
  expect(parisInstant('2026-07-15', 9 * 60).toISOString()).toBe('2026-07-15T07:00:00.000Z');
  expect(weekday('2026-11-22')).toBe(0);
});
