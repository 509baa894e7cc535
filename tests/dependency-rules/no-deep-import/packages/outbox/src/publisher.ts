import { createPool } from '../../postgres/src/index.ts';

export const publish = createPool;
