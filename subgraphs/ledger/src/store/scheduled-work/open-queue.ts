import type { Logger } from '@localplus/logging';
import { type ConstructorOptions, PgBoss } from 'pg-boss';
import { jobSchema } from './queues.ts';

/** For taking up and ending jobs; the work itself runs on the ledger's own connections. */
const connectionsMax = 2;
/** Every statement of the queue reads or changes a few rows by an index. */
const statementTimeoutMs = 10_000;
/** A database that is away would be told of with each look of each worker. */
const quietMs = 10_000;

/**
 * Opens the queue of the ledger's jobs. It changes no table: those come with the migrations.
 * @param connectionString as the login role
 * @throws Error when the tables are of another version of the queue
 */
export async function openQueue(
  connectionString: string,
  logger: Logger,
  options: ConstructorOptions = {},
): Promise<PgBoss> {
  const queue = new PgBoss({
    connectionString,
    schema: jobSchema,
    max: connectionsMax,
    options: `-c statement_timeout=${statementTimeoutMs}`,
    migrate: false,
    createSchema: false,
    // The tables' owner alone may rebuild an index.
    reindex: false,
    monitorVacuum: false,
    openTelemetry: { enabled: false },
    ...options,
  });
  let quietUntil = 0;
  queue.on('error', (error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + quietMs;
    logger.warn({ err: error }, 'the queue of jobs met an error and goes on');
  });
  queue.on('warning', ({ message, data }) => logger.warn({ data }, message));
  return queue.start();
}
