import { PgBoss } from 'pg-boss';

export const queue = new PgBoss('postgresql://');
