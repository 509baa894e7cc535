import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withAdministrator } from './database.ts';

/** Where PostgreSQL keeps the data of each state directory: elsewhere, when its account cannot enter that. */
const dataFolders = new Map<string, string>();

/** Makes a folder for a platform's state. */
export function makeStateDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'localplus-e2e-'));
}

/** Asks PostgreSQL where it keeps the data, so that they can be removed at the end. */
export async function rememberDataDirectory(stateDirectory: string, postgresPort: number): Promise<void> {
  const location = { stateDirectory, ports: { POSTGRES_PORT: postgresPort } };
  const folder = await withAdministrator(location, async (connection) => {
    const { rows } = await connection.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  });
  if (!folder.startsWith(stateDirectory)) dataFolders.set(stateDirectory, dirname(folder));
}

/** Removes a platform's state, its data included. */
export async function removeStateDirectory(stateDirectory: string): Promise<void> {
  const outside = dataFolders.get(stateDirectory);
  for (const folder of outside === undefined ? [stateDirectory] : [stateDirectory, outside]) {
    await rm(folder, { recursive: true, force: true });
  }
  dataFolders.delete(stateDirectory);
}
