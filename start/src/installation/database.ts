import { migrate, migrationTargets, prepareDatabase, sqlState, withAccount, withDatabase } from '@localplus/postgres';
import { checkoutFolder } from '../checkout/paths.ts';
import { loopback } from './ports.ts';
import { type DatabaseAccount, databaseAccounts, type Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

const defaultDatabaseName = 'localplus';
/** There on every server, to connect to before there is one of ours. */
const everywhereDatabase = 'postgres';
const noSuchDatabase = '3D000';

/** The database of an installation: the embedded server's, or the configured one. */
export interface Database {
  name: string;
  /** As one of its logins. */
  url(account: DatabaseAccount): string;
}

/** Tells where the database of an installation is and how each login gets in. */
export function describeDatabase(settings: Settings, { passwords }: Pick<Secrets, 'passwords'>): Database {
  const password = encodeURIComponent(passwords.administrator);
  const server = settings.DATABASE_URL ?? `postgresql://postgres:${password}@${loopback}:${settings.POSTGRES_PORT}`;
  const name = decodeURIComponent(new URL(server).pathname.slice(1)) || defaultDatabaseName;
  const inside = withDatabase(server, name);
  return {
    name,
    url: (account) => (account === 'administrator' ? inside : withAccount(inside, account, passwords[account])),
  };
}

/**
 * Makes the database with its schemas and roles, and applies the migrations that it does not have yet.
 * @throws Error with one line that tells which database, but not how to get in
 */
export async function setUpDatabase(database: Database, { passwords }: Secrets): Promise<void> {
  const connectionString = database.url('administrator');
  try {
    await prepareServer(database, passwords);
    await Promise.all(migrationTargets(checkoutFolder).map((target) => migrate({ ...target, connectionString })));
  } catch (error) {
    const { host } = new URL(connectionString);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The database ${database.name} at ${host} could not be set up: ${reason}`, { cause: error });
  }
}

async function prepareServer({ name: databaseName, url }: Database, passwords: Secrets['passwords']): Promise<void> {
  const accounts = databaseAccounts.filter((account) => account !== 'administrator');
  const subgraphs = accounts.map((name) => ({ name, password: passwords[name] }));
  const prepare = (adminConnectionString: string) =>
    prepareDatabase({ adminConnectionString, databaseName, subgraphs });
  try {
    await prepare(url('administrator'));
  } catch (error) {
    if (sqlState(error) !== noSuchDatabase) throw error;
    await prepare(withDatabase(url('administrator'), everywhereDatabase));
  }
}
