import { createPool } from '../../postgres/src/pool.ts';

export const publish = createPool;
