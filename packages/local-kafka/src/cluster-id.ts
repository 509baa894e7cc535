import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names a cluster whose log is made anew. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url');
}

/** The name that the nodes of a folder have in common, also when only some of them have a log so far. */
export function clusterIdIn(directory: string): string {
  const file = join(directory, 'cluster-id');
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, newClusterId());
  }
  return readFileSync(file, 'utf8');
}
