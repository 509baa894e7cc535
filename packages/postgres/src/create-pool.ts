import { createLogger } from '@localplus/logging';
import { Pool, types } from 'pg';

/** A server that does not answer within this is down; a request that waits longer has already failed its caller. */
const connectTimeoutMs = 5_000;
/** Row locks are held for milliseconds; who waits longer is retried (55P03) instead of piling up behind a stuck holder. */
const lockTimeoutMs = 2_000;
/** No statement of ours is slow: one that runs this long is a mistake, and holds locks that others need. */
const defaultStatementTimeoutMs = 5_000;
/** The server's own limit comes first; this one ends the wait for a server that is no longer there to keep it. */
const answerGraceMs = 5_000;
/** A transaction whose process went silent must not hold its locks: longer than any statement, short of a person's patience. */
const idleInTransactionTimeoutMs = 10_000;
/** Connections that nobody used for this long are given back to the server. */
const idleConnectionTimeoutMs = 30_000;

const int8Oid = types.builtins.INT8;
const int8ArrayOid = 1016;

export type PoolSettings = {
  connectionString: string;
  /** Shown by PostgreSQL as `application_name`, and in our log. */
  name: string;
  /** The most connections that this pool opens. */
  max: number;
  statementTimeoutMs?: number;
  /** Sends statements without waiting for the answers to those before them: for whoever knows them ahead. */
  isPipelined?: boolean;
};

/**
 * Opens a pool of connections with every limit set. `int8` (also `count(*)`) arrives as `bigint`, `int8[]` as `bigint[]`,
 * `numeric` as text; the parsers of other pools in the process are untouched. Connects on first use; an idle connection that
 * breaks is logged and replaced.
 */
export function createPool(settings: PoolSettings): Pool {
  const log = createLogger(settings.name);
  const statementTimeoutMs = settings.statementTimeoutMs ?? defaultStatementTimeoutMs;
  const pool = new Pool({
    connectionString: settings.connectionString,
    application_name: settings.name,
    max: settings.max,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleConnectionTimeoutMs,
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + answerGraceMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    keepAlive: true,
    pipeline: settings.isPipelined ?? false,
    types: { getTypeParser: typeParser },
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'an idle database connection broke and was dropped'));
  // A connection that breaks between two statements of a transaction would end the process without a listener. Its next
  // statement fails with the reason, and its holder reports it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const typeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (format !== 'binary' && oid === int8Oid) return BigInt;
  if (format !== 'binary' && oid === int8ArrayOid) return parseBigIntArray;
  return types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
};

/** Of one dimension; numbers are never quoted in an array's text. */
function parseBigIntArray(text: string): (bigint | null)[] {
  if (text === '{}') return [];
  const parts = text.slice(1, -1).split(',');
  return parts.map((part) => (part === 'NULL' ? null : BigInt(part)));
}
