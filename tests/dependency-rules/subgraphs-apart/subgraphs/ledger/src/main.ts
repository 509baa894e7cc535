import { commit } from './domain/commit.ts';

export const start = commit;
