import type { BusParts } from './bus-parts.ts';
import type { DeadLetterIndex } from './dead-letter-index.ts';

/** What the members of groups in a process have in common. */
export type GroupParts = BusParts & {
  /** Followed from the first call on. */
  readonly deadLetters: () => Promise<DeadLetterIndex>;
};
