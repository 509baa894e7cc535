import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { PlatformPorts } from './ports.ts';

/** A connection to the platform's database, beside those of the platform itself. */
export type DatabaseConnection = Client;

/** Who has a password in a platform's state directory. */
export type DatabaseLogin = 'administrator' | 'ledger' | 'wallet' | 'merchant' | 'bus';

/** Where a platform's database is, and its passwords. */
export interface DatabaseLocation {
  stateDirectory: string;
  ports: Pick<PlatformPorts, 'POSTGRES_PORT'>;
}

/** Connects to the platform's database as one of its logins. */
export async function connectAs(platform: DatabaseLocation, login: DatabaseLogin): Promise<DatabaseConnection> {
  const passwords = JSON.parse(readFileSync(join(platform.stateDirectory, 'passwords.json'), 'utf8')) as Record<
    string,
    string
  >;
  const client = new Client({
    host: '127.0.0.1',
    port: platform.ports.POSTGRES_PORT,
    database: 'localplus',
    user: login === 'administrator' ? 'postgres' : login,
    password: passwords[login],
    application_name: 'e2e',
  });
  // A test that kills PostgreSQL ends this connection too: the next query tells, nobody has to hear of it before.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Connects as the administrator, runs the work, and disconnects. */
export async function withAdministrator<Result>(
  platform: DatabaseLocation,
  work: (connection: DatabaseConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connectAs(platform, 'administrator');
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
