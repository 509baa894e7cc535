import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetterOffice, KeptDeadLetter, ReleaseAction } from '@localplus/event-bus';

/** Between two looks whether the consumer is done. */
const pollIntervalMs = 500;

/** How a release ended, as far as was waited for it. */
export type ReleaseEnd =
  | { readonly how: 'released' }
  | { readonly how: 'failed again'; readonly letter: KeptDeadLetter }
  | { readonly how: 'not yet done' };

/** Asks for the release of dead letters, one after another, and waits for each. @param waitMs for each, at most */
export async function* releaseLetters(
  office: DeadLetterOffice,
  letters: readonly KeptDeadLetter[],
  action: ReleaseAction,
  waitMs: number,
): AsyncGenerator<{ letter: KeptDeadLetter; end: ReleaseEnd }> {
  for (const letter of letters) await office.request(letter, action);
  for (const letter of letters) yield { letter, end: await waitForEnd(office, letter, waitMs) };
}

async function waitForEnd(office: DeadLetterOffice, letter: KeptDeadLetter, waitMs: number): Promise<ReleaseEnd> {
  const givesUpAt = performance.now() + waitMs;
  for (;;) {
    const current = (await office.letters()).find((other) => isSameAggregate(other, letter));
    if (!current) return { how: 'released' };
    if (current.requested === undefined) return { how: 'failed again', letter: current };
    if (performance.now() > givesUpAt) return { how: 'not yet done' };
    await delay(pollIntervalMs);
  }
}

function isSameAggregate(one: KeptDeadLetter, other: KeptDeadLetter): boolean {
  if (one.consumer !== other.consumer || one.topic !== other.topic || one.partition !== other.partition) return false;
  if (one.scope === 'aggregate' && other.scope === 'aggregate') return one.key === other.key;
  return one.offset === other.offset;
}
