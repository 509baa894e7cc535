import type { ClientBase, Pool } from 'pg';

/** What statements run on: a pool, or a client inside a transaction. */
export type Sql = Pick<ClientBase, 'query'> | Pick<Pool, 'query'>;
