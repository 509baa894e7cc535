import type { Points } from '../domain/points.ts';

export const write = (points: Points) => points;
