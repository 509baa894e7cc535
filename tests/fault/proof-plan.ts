import { randomInt } from 'node:crypto';

const seedMax = 2 ** 32;

/** Whether the proofs run at full size, as `pnpm test:fault` asks, instead of the smoke size of every other run. */
export const isFullSize = process.env.LOCALPLUS_FAULT_SIZE === 'full';

/** Picks what fits the size of this run. */
export function sized<T>({ smoke, full }: { smoke: T; full: T }): T {
  return isFullSize ? full : smoke;
}

/**
 * Reads a whole number above 0 from the environment.
 * @throws Error that names the variable when it holds anything else
 */
export function numberFrom(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${variable} must be a whole number above 0.`);
  return value;
}

/** A small generator whose numbers, from 0 to below 1, depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / seedMax;
  };
}

/** Decides what is left to chance in this run; the same seed brings the same choices again. */
export const seed = numberFrom('LOCALPLUS_FAULT_SEED', randomInt(1, seedMax));
