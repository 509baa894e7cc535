import type { There } from './there.ts';

export interface Here {
  there: There;
}
