import type { Points } from '../domain/points.ts';

export const burn = (points: Points) => points;
