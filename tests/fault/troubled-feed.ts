import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventBus, OutgoingEvent } from '@localplus/event-bus';

/** The share of events that come a second time, and of those that come late. */
const duplicates = 0.1;
const latecomers = 0.05;
/** How many others overtake them at most. */
const duplicateDistanceMax = 200;
const lateDistanceMax = 1_000;
const chunkEvents = 50;

/** A change of one aggregate: its versions are 1, 2, 3, … */
export type Change = {
  readonly id: string;
  readonly aggregate: number;
  readonly version: number;
  readonly amount: number;
  /** The sum of the amounts up to this one. */
  readonly total: number;
};

/** Changes as they were made, and as a troubled bus carries them: some twice, some late. */
export function troubledFeed(count: number, aggregates: number, random: () => number) {
  const newest = new Map<number, Change>();
  const sent: { change: Change; at: number }[] = [];
  for (let n = 0; n < count; n += 1) {
    const aggregate = Math.floor(random() * aggregates);
    const before = newest.get(aggregate);
    const amount = Math.floor(random() * 1_000) - 300;
    const change: Change = {
      id: randomUUID(),
      aggregate,
      version: (before?.version ?? 0) + 1,
      amount,
      total: (before?.total ?? 0) + amount,
    };
    newest.set(aggregate, change);
    sent.push({ change, at: random() < latecomers ? n + random() * lateDistanceMax : n });
    if (random() < duplicates) sent.push({ change, at: n + random() * duplicateDistanceMax });
  }
  const asSent = sent.toSorted((a, b) => a.at - b.at).map(({ change }) => change);
  return {
    asSent,
    newest: [...newest.values()],
    late: countLate(asSent),
    endingWrong: countEndingWrong(asSent, newest),
  };
}

/** Aggregates that would end wrong if whatever comes last were taken for the newest. */
function countEndingWrong(asSent: readonly Change[], newest: ReadonlyMap<number, Change>): number {
  const last = new Map(asSent.map((change) => [change.aggregate, change.version]));
  return [...newest.values()].filter(({ aggregate, version }) => last.get(aggregate) !== version).length;
}

/** How many come behind a newer version of their aggregate, or behind themselves. */
function countLate(changes: readonly Change[]): number {
  const highest = new Map<number, number>();
  return changes.filter(({ aggregate, version }) => {
    const before = highest.get(aggregate) ?? 0;
    highest.set(aggregate, Math.max(before, version));
    return version <= before;
  }).length;
}

/** Publishes at a fixed rate. Resolves when all are stored. */
export async function publishSteadily(
  bus: EventBus,
  events: readonly OutgoingEvent[],
  perSecond: number,
): Promise<void> {
  const startedAt = performance.now();
  for (let from = 0; from < events.length; from += chunkEvents) {
    await bus.publish(events.slice(from, from + chunkEvents));
    await delay(Math.max(0, startedAt + (from * 1_000) / perSecond - performance.now()));
  }
}
