import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** At least 0, below 1. */
  fraction(): number;
  /** A whole number between both bounds, both included. */
  between(minimum: number, maximum: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of them. @throws when there is none */
  pick<Item>(items: readonly Item[]): Item;
}

const wordValues = 2 ** 32;

/** Makes a generator of its own for a seed: what one part of the demo draws does not shift what another part draws. */
export function createRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const fraction = () => {
    // Mulberry32: one word of state, long enough a period for a few thousand draws.
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / wordValues;
  };
  return {
    fraction,
    between: (minimum, maximum) => minimum + Math.floor(fraction() * (maximum - minimum + 1)),
    chance: (probability) => fraction() < probability,
    pick: (items) => {
      const item = items[Math.floor(fraction() * items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
  };
}
