import type { Points } from './points.ts';

export interface Posting {
  points: Points;
}
