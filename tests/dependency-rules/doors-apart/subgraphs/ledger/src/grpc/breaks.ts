import { resolve } from '../graphql/earn-points.ts';

export const answer = resolve;
