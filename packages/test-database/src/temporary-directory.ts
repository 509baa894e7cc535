import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { removeLocalPostgres } from '@localplus/local-postgres';

const prefix = 'localplus-test-';
const nameForm = new RegExp(`^${prefix}(\\d+)-`);

/** Makes a temporary folder that other accounts can enter: as root, PostgreSQL runs as another one. */
export function makeTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(directory, 0o755);
  return directory;
}

/** Where the data of a cluster stand in its temporary folder. */
export function dataDirectoryIn(directory: string): string {
  return join(directory, 'data');
}

/** Removes a cluster that nothing runs any more, or whose run was killed. */
export async function removeTemporaryDirectory(directory: string): Promise<void> {
  await removeLocalPostgres(dataDirectoryIn(directory));
  rmSync(directory, { recursive: true, force: true });
}

/** Removes what runs that were killed left behind: their servers, which nobody stopped, and their folders. */
export async function removeAbandonedDirectories(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const maker = nameForm.exec(name)?.[1];
    const directory = join(tmpdir(), name);
    if (maker && !isRunning(Number(maker)) && isOurs(directory)) await removeTemporaryDirectory(directory);
  }
}

function isOurs(directory: string): boolean {
  return lstatSync(directory, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
