import { migrate, migrationTargets, prepareDatabase, withAccount, withDatabase } from '@localplus/postgres';
import { checkoutFolder } from '../checkout/paths.ts';
import { loopback } from './ports.ts';
import { type DatabaseAccount, databaseAccounts, type Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

const defaultDatabaseName = 'localplus';

/** The database of an installation: the embedded server's, or the configured one. */
export interface Database {
  /** As its administrator. */
  administratorUrl: string;
  name: string;
  /** As one of its logins. */
  url(account: DatabaseAccount): string;
}

/** Tells where the database of an installation is and how each login gets in. */
export function describeDatabase(settings: Settings, { passwords }: Secrets): Database {
  const password = encodeURIComponent(passwords.administrator);
  const server = settings.DATABASE_URL ?? `postgresql://postgres:${password}@${loopback}:${settings.POSTGRES_PORT}`;
  const name = decodeURIComponent(new URL(server).pathname.slice(1)) || defaultDatabaseName;
  const inside = withDatabase(server, name);
  return {
    // The database itself may not exist yet; `postgres` does on every server.
    administratorUrl: withDatabase(server, settings.DATABASE_URL ? name : 'postgres'),
    name,
    url: (account) => (account === 'administrator' ? inside : withAccount(inside, account, passwords[account])),
  };
}

/** Makes the database with its schemas and roles, and applies the migrations that it does not have yet. */
export async function setUpDatabase(database: Database, { passwords }: Secrets): Promise<void> {
  const logins = databaseAccounts.filter((account) => account !== 'administrator');
  await prepareDatabase({
    adminConnectionString: database.administratorUrl,
    databaseName: database.name,
    subgraphs: logins.map((name) => ({ name, password: passwords[name] })),
  });
  const connectionString = database.url('administrator');
  await Promise.all(migrationTargets(checkoutFolder).map((target) => migrate({ ...target, connectionString })));
}
