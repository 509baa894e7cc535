import type { PgBoss } from 'pg-boss';

export const send = (queue: PgBoss) => queue.send('work');
