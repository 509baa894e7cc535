export type { Here } from './breaks.ts';
