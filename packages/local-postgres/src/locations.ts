import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { type Account, canReach } from './account.ts';

/** Open to every account, and kept over a restart of the machine. */
const openFolder = '/var/tmp';

/** Where the data really are: as asked, or outside when the account cannot reach that. Makes the folder around them. */
export function dataLocation(account: Account, dataDirectory: string): { path: string; isOutside: boolean } {
  const asked = resolve(dataDirectory);
  mkdirSync(dirname(asked), { recursive: true });
  if (canReach(account, asked)) return { path: asked, isOutside: false };
  return { path: join(placeOutside(asked), 'data'), isOutside: true };
}

/** The server's log stands beside its data. */
export function logLocation(dataPath: string): string {
  return `${dataPath}.log`;
}

/** A folder of ours under /var/tmp that stands for `path`. Throws when somebody else made it first. */
export function placeOutside(path: string): string {
  const hash = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16);
  const folder = join(openFolder, `localplus-${hash}`);
  mkdirSync(folder, { recursive: true });
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) throw new Error(`${folder} belongs to somebody else`);
  chmodSync(folder, 0o755);
  return folder;
}
