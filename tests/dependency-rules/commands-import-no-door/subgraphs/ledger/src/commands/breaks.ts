import type { Input } from '../graphql/input.ts';

export const earn = (input: Input) => input.points;
