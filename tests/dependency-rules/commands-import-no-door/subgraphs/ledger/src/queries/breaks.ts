import type { Input } from '../graphql/input.ts';

export const read = (input: Input) => input.points;
