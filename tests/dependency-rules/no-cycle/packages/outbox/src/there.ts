import type { Here } from './breaks.ts';

export interface There {
  here: Here;
}
