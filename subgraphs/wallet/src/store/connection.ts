import type { Pool, PoolClient } from 'pg';

/** The wallet's connections, as its login role. */
export type Database = Pool;

/** What a statement runs on: any connection of the pool, or the one of a transaction. */
export type Sql = Pool | PoolClient;
