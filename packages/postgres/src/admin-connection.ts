import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

const connectTimeoutMs = 5_000;
/** Who holds the lock migrates or prepares; a first start of everything takes a few seconds, a large index minutes. */
const exclusiveDeadlineMs = 300_000;
const exclusivePollMs = 50;

/** Opens one connection for administration, hands it to `work`, and closes it whatever happens. */
export async function withAdminConnection<Result>(
  connectionString: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    connectionString,
    application_name: 'localplus-admin',
    connectionTimeoutMillis: connectTimeoutMs,
  });
  // Without a listener a connection that breaks between two statements would end the process; the next statement fails anyway.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Runs `work` while no other process runs work of the same name in this database.
 * Throws when the others have not finished within five minutes.
 */
export async function exclusively<Result>(client: Client, name: string, work: () => Promise<Result>): Promise<Result> {
  const givesUpAt = performance.now() + exclusiveDeadlineMs;
  // A waiting pg_advisory_lock() would hold a snapshot, and CREATE INDEX CONCURRENTLY waits for all snapshots: hence the polling.
  while (!(await tryLock(client, name))) {
    if (performance.now() > givesUpAt)
      throw new Error(`another process still holds the lock "${name}" of the database`);
    await pause(exclusivePollMs);
  }
  try {
    return await work();
  } finally {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

async function tryLock(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [name],
  );
  return rows[0]?.locked === true;
}

/** The same server and account, another database. */
export function withDatabase(connectionString: string, databaseName: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(databaseName)}`;
  return url.href;
}

/** The same server and database, another account. */
export function withAccount(connectionString: string, user: string, password: string): string {
  const url = new URL(connectionString);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.href;
}
