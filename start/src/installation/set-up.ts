import { readFileSync } from 'node:fs';
import { readConfiguration } from '@localplus/configuration';
import { withAccount } from '@localplus/postgres';
import { z } from 'zod';
import { describeDatabase, setUpDatabase } from './database.ts';
import { handOutSecrets } from './hand-out.ts';
import { prepareSecrets } from './secrets.ts';
import { readSettings } from './settings.ts';
import { makeStateDirectory, stateDirectory } from './state-directory.ts';

const schema = z.object({
  /** As the database's administrator, who may create databases and roles. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// address' }),
  /** File with the administrator's password, where the address does not have it. */
  DATABASE_PASSWORD_FILE: z.string().optional(),
  /** What the installation keeps for itself: whoever loses it gets new keys and passwords. */
  LOCALPLUS_STATE_DIRECTORY: z.string(),
  /** Where each process finds its own keys and passwords, in a folder of its name. */
  SECRETS_DIRECTORY: z.string(),
});

function administratorUrl(address: string, passwordFile: string | undefined): string {
  if (passwordFile === undefined) return address;
  return withAccount(address, decodeURIComponent(new URL(address).username), readPassword(passwordFile));
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`DATABASE_PASSWORD_FILE cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/**
 * Makes the keys and passwords that are missing, the database with its schemas and roles, applies the migrations that it does
 * not have yet, and hands each process what it needs. Safe to run again and on a running installation.
 * @throws ConfigurationError, or Error with one line that says what could not be done
 */
export async function setUpInstallation(environment: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE_URL, DATABASE_PASSWORD_FILE, ...folders } = readConfiguration(schema, environment);
  const settings = readSettings({
    ...environment,
    DATABASE_URL: administratorUrl(DATABASE_URL, DATABASE_PASSWORD_FILE),
  });
  const state = stateDirectory(folders.LOCALPLUS_STATE_DIRECTORY);
  makeStateDirectory(state);
  const secrets = await prepareSecrets(state);
  const database = describeDatabase(settings, secrets);
  await setUpDatabase(database, secrets);
  handOutSecrets({ secrets, databaseUrl: database.url, directory: folders.SECRETS_DIRECTORY });
}
