import { startLocalPostgres } from '@localplus/local-postgres';
import type { Logger } from '@localplus/logging';
import { type Database, describeDatabase } from '../installation/database.ts';
import { runningInstance } from '../installation/instance-lock.ts';
import { readPasswords } from '../installation/secrets.ts';
import type { Settings } from '../installation/settings.ts';
import { stateDirectory } from '../installation/state-directory.ts';

/**
 * Works on the database of an installation, whether it runs or not: an embedded server that rests is started, and stopped
 * again afterwards.
 * @throws Error with one line where nothing was set up there
 */
export async function withDatabaseOf<Result>(
  settings: Settings,
  logger: Logger,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const state = stateDirectory(settings.LOCALPLUS_STATE_DIRECTORY);
  const passwords = readPasswords(state);
  if (passwords === undefined) {
    throw new Error(`No installation was set up at ${state.path}: set LOCALPLUS_STATE_DIRECTORY, or npm start.`);
  }
  const database = describeDatabase(settings, { passwords });
  if (settings.DATABASE_URL !== undefined || runningInstance(state) !== undefined) return work(database);
  const { administrator: password } = passwords;
  const { postgresFolder: dataDirectory } = state;
  const server = await startLocalPostgres({ dataDirectory, port: settings.POSTGRES_PORT, password, logger });
  try {
    return await work(database);
  } finally {
    await server.stop();
  }
}
