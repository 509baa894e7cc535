import type { ReceivedEvent } from '../event.ts';

/** The number that tells an event of the suite from the others. */
export function numberOf({ value }: ReceivedEvent): number {
  if (typeof value === 'object' && value !== null && 'n' in value && typeof value.n === 'number') return value.n;
  throw new Error('an event of the suite has a number');
}

/** 0, 1, 2, … */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
