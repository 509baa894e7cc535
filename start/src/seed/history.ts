import { type Day, daysBefore, parisInstant, weekday } from './calendar.ts';
import type { DemoConsumer, Habit } from './consumers.ts';
import type { DemoMerchantPlan, DemoTerms } from './merchants.ts';
import { createRandom, type Random } from './random.ts';

/** Three months. */
export const historyDays = 91;
const saturday = 6;
const sunday = 0;
/** Few save up for ever: whoever has enough for a reward takes it at one visit in three. */
const rewardChance = 1 / 3;
/** The cent amounts of tills end in 0 or 5. */
const priceStepMinor = 5;

interface DemoEventBase {
  /** Unique in the demo, the same for the same day of the seed: the idempotency key. */
  key: string;
  occurredAt: Date;
  storeIndex: number;
  /** Number of the receipt. */
  reference: string;
}

/** Something that happened at a till. */
export type DemoEvent =
  | (DemoEventBase & { kind: 'earn'; amountMinor: number })
  | (DemoEventBase & { kind: 'burn'; points: number })
  | (DemoEventBase & { kind: 'reverse'; ofKey: string });

/** The history of one wallet, oldest first: each event needs those before it. */
export interface WalletHistory {
  consumer: DemoConsumer;
  events: DemoEvent[];
}

/** Points of a purchase, rounded down as the demo's programs say. */
function pointsFor(terms: DemoTerms, amountMinor: number): number {
  if (amountMinor < terms.minimumPurchaseMinor) return 0;
  return Math.floor((amountMinor * terms.points) / terms.perAmountMinor);
}

function drawMinute(merchant: DemoMerchantPlan, day: Day, random: Random): number | undefined {
  const spans = merchant.hours[weekday(day)] ?? [];
  if (spans.length === 0) return undefined;
  const { from, to } = random.pick(spans);
  // The last minutes before closing are for sweeping.
  return random.between(from, to - 10);
}

function drawAmount({ basketMinor }: DemoMerchantPlan, day: Day, random: Random): number {
  const isWeekend = [saturday, sunday].includes(weekday(day));
  // Squared: most baskets are small.
  const size = basketMinor.from + random.fraction() ** 2 * (basketMinor.to - basketMinor.from);
  const amountMinor = size * (isWeekend ? basketMinor.weekendFactor : 1);
  return Math.round(amountMinor / priceStepMinor) * priceStepMinor;
}

function visitProbability(merchant: DemoMerchantPlan, habit: Habit): number {
  const openDays = merchant.hours.filter((spans) => spans.length > 0).length;
  return Math.min(1, merchant.visitsPerWeek[habit] / openDays);
}

/**
 * Draws what a consumer did at a merchant in the three months before a day, which is not part of it.
 * The same day gives the same history.
 */
export function drawHistory(merchant: DemoMerchantPlan, consumer: DemoConsumer, today: Day): WalletHistory {
  const habit = consumer.habits[merchant.slug];
  if (habit === undefined) return { consumer, events: [] };
  const random = createRandom(`${merchant.slug}/${consumer.slug}`);
  const homeStore = random.between(0, merchant.stores.length - 1);
  const events: DemoEvent[] = [];
  let balance = 0;

  for (let daysAgo = historyDays; daysAgo >= 1; daysAgo -= 1) {
    const day = daysBefore(today, daysAgo);
    const minute = drawMinute(merchant, day, random);
    if (minute === undefined || !random.chance(visitProbability(merchant, habit))) continue;
    const storeIndex = random.chance(0.85) ? homeStore : random.between(0, merchant.stores.length - 1);
    const key = `demo-${merchant.slug}-${consumer.slug}-${day}`;
    const visit = {
      occurredAt: parisInstant(day, minute),
      storeIndex,
      reference: `T${day.replaceAll('-', '')}-${minute}`,
    };

    const amountMinor = drawAmount(merchant, day, random);
    events.push({ kind: 'earn', key, ...visit, amountMinor });
    balance += pointsFor(merchant.terms, amountMinor);
    if (balance < merchant.rewardPoints || !random.chance(rewardChance)) continue;
    events.push({ kind: 'burn', key: `${key}-reward`, ...visit, points: merchant.rewardPoints });
    balance -= merchant.rewardPoints;
  }
  return { consumer, events };
}

/** Draws the histories of all consumers of a merchant; one purchase of the last days was returned. */
export function drawHistories(
  merchant: DemoMerchantPlan,
  consumers: readonly DemoConsumer[],
  today: Day,
): WalletHistory[] {
  const histories = consumers
    .filter(({ habits }) => habits[merchant.slug] !== undefined)
    .map((consumer) => drawHistory(merchant, consumer, today));
  const returning = histories.find(({ events }) => events.at(-1)?.kind === 'earn');
  const returned = returning?.events.at(-1);
  if (returning && returned) {
    const { key, occurredAt, storeIndex, reference } = returned;
    returning.events.push({ kind: 'reverse', key: `${key}-return`, ofKey: key, occurredAt, storeIndex, reference });
  }
  return histories;
}
