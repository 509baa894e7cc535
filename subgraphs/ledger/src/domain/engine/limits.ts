import type { ExceededLimit, Operation } from '../operation.ts';

/** What was used of a limit by one subject in the running period. Amounts in the asset's smallest unit. */
export interface Counter {
  readonly ruleId: string;
  /** A holder's or merchant's UUID, or a country. */
  readonly subject: string;
  /** The first day of the period; null where nobody can tell it: such a counter leaves nothing. */
  readonly periodStart: string | null;
  readonly countedPer: ExceededLimit['countedPer'];
  readonly period: ExceededLimit['period'];
  readonly amountMax: bigint | undefined;
  readonly countMax: bigint | undefined;
  amount: bigint;
  count: bigint;
  /** What the batch has added to it. */
  amountAdded: bigint;
  countAdded: bigint;
}

/** What limits may be for. */
export type Movement = 'SPEND' | 'EARN' | 'TRANSFER' | 'ISSUE';

const movements: Partial<Record<Operation['type'], Movement>> = {
  EARN: 'EARN',
  BURN: 'SPEND',
  // Counted when it is placed, and not given back when it is released: whoever reserves again and again is what a limit is for.
  HOLD: 'SPEND',
  TRANSFER: 'TRANSFER',
  ISSUE: 'ISSUE',
};

/** What an operation counts as; undefined where no limit can be for it. */
export function movementOf(operation: Operation): Movement | undefined {
  return movements[operation.type];
}

/** The first limit that an amount would pass; undefined where it keeps them all. */
export function exceededBy(counters: readonly Counter[], amount: bigint): ExceededLimit | undefined {
  for (const { ruleId, countedPer, period, amountMax, countMax, amount: used, count } of counters) {
    const amountLeft = amountMax === undefined ? undefined : notBelowZero(amountMax - used);
    const countLeft = countMax === undefined ? undefined : notBelowZero(countMax - count);
    const isTooMuch = amountLeft !== undefined && amount > amountLeft;
    const isTooOften = countLeft !== undefined && countLeft < 1n;
    if (isTooMuch || isTooOften) return { ruleId, countedPer, period, amountLeft, countLeft };
  }
  return undefined;
}

/** Counts an amount that moved. */
export function use(counters: readonly Counter[], amount: bigint): void {
  for (const counter of counters) {
    counter.amount += amount;
    counter.count += 1n;
    counter.amountAdded += amount;
    counter.countAdded += 1n;
  }
}

function notBelowZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}
