import { rmSync } from 'node:fs';

import { serverAccount } from './account.ts';
import { dataLocation, logLocation, placeOutside } from './locations.ts';
import { clearLeftovers } from './postmaster.ts';

/**
 * Deletes the data and the log of a local PostgreSQL, wherever they really are. A server without supervisor is stopped first.
 * Throws a `DataInUseError` when a living one runs on them.
 */
export async function removeLocalPostgres(dataDirectory: string): Promise<void> {
  const { path, isOutside } = dataLocation(serverAccount(), dataDirectory);
  await clearLeftovers(path);
  const places = isOutside ? [placeOutside(dataDirectory)] : [path, logLocation(path)];
  for (const place of places) rmSync(place, { recursive: true, force: true });
}
