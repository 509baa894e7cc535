import { existsSync, rmSync } from 'node:fs';
import { serverAccount } from './account.ts';
import { dataLocation } from './locations.ts';
import { clearLeftovers } from './postmaster.ts';

/**
 * Deletes the data of a local PostgreSQL for good; one whose supervisor is gone is stopped first.
 * @param dataDirectory as given to `startLocalPostgres`
 * @returns the folder that was deleted, undefined when there was none
 * @throws when the server still runs under its supervisor
 */
export async function removeLocalPostgres(dataDirectory: string): Promise<string | undefined> {
  const { path } = dataLocation(serverAccount(), dataDirectory);
  if (!existsSync(path)) return undefined;
  await clearLeftovers(path);
  for (const kept of [path, `${path}.log`]) rmSync(kept, { recursive: true, force: true });
  return path;
}
