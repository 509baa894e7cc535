import type { Pool } from 'pg';

export const write = (pool: Pool) => pool.query('select 1');
