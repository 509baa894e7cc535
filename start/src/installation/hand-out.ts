import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SubgraphName, subgraphNames } from '../checkout/paths.ts';
import { writePrivateText } from './private-file.ts';
import type { Secrets } from './secrets.ts';

const ownerOnly = 0o700;

interface HandOut {
  secrets: Secrets;
  /** The database as the login of a subgraph. */
  databaseUrl(name: SubgraphName): string;
  /** Gets a folder for each process. */
  directory: string;
}

/**
 * Writes for each process what it needs to know, and nothing of the others: `<name>/key.json`, its private key,
 * `<name>/public-keys.json`, and for a subgraph `<name>/database-url`. Files are replaced in one step.
 */
export function handOutSecrets({ secrets, databaseUrl, directory }: HandOut): void {
  const publicKeys = readFileSync(secrets.publicKeysFile, 'utf8');
  const folderOf = (name: string) => join(directory, name);
  for (const name of ['gateway', ...subgraphNames] as const) {
    mkdirSync(folderOf(name), { recursive: true, mode: ownerOnly });
    writePrivateText(join(folderOf(name), 'key.json'), readFileSync(secrets.privateKeyFile(name), 'utf8'));
    writePrivateText(join(folderOf(name), 'public-keys.json'), publicKeys);
  }
  for (const name of subgraphNames) writePrivateText(join(folderOf(name), 'database-url'), `${databaseUrl(name)}\n`);
}
