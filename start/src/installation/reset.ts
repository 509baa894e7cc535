import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeLocalPostgres } from '@localplus/local-postgres';
import type { StateDirectory } from './state-directory.ts';

/**
 * Removes the data of an installation that does not run: database, keys, passwords, logs, the demo's state.
 * @returns what was removed, as paths
 */
export async function resetInstallation(state: StateDirectory): Promise<string[]> {
  // The data may be elsewhere, when PostgreSQL's account cannot enter the folder: the password tells that there are some.
  const hasDatabase = existsSync(state.postgresFolder) || existsSync(state.passwordsFile);
  await removeLocalPostgres(state.postgresFolder);
  const own = [
    state.kafkaFolder,
    state.passwordsFile,
    state.keysFolder,
    state.logsFolder,
    state.demoFile,
    state.runFile,
    state.lockFile,
  ];
  const removed = own.filter(existsSync);
  // A write that was cut short leaves its temporary file beside the real one.
  const names = existsSync(state.path) ? readdirSync(state.path) : [];
  const unfinished = names.filter((name) => /\.json\.[0-9a-f-]{36}$/.test(name)).map((name) => join(state.path, name));
  for (const path of [...removed, ...unfinished]) rmSync(path, { recursive: true });
  return hasDatabase ? [state.postgresFolder, ...removed] : removed;
}
