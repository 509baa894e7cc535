import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { type Account, giveTo } from './account.ts';
import { isAlive } from './process-table.ts';

const run = promisify(execFile);

export type Initialisation = {
  initdb: string;
  account: Account;
  dataDirectory: string;
  password: string;
  isForTest: boolean;
};

/**
 * Makes the data of a new server unless they are there: superuser `postgres` with the given password, UTF-8, locale C.
 * An attempt that was cut short leaves nothing that a later one takes for data.
 */
export async function initialise(request: Initialisation): Promise<void> {
  const { account, dataDirectory } = request;
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) return;
  dropUnfinished(dataDirectory);
  const unfinished = `${unfinishedPrefix(dataDirectory)}${process.pid}`;
  mkdirSync(unfinished, { mode: 0o700 });
  giveTo(account, unfinished);
  try {
    await runInitdb(request, unfinished);
    renameSync(unfinished, dataDirectory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function runInitdb({ initdb, account, password, isForTest }: Initialisation, directory: string): Promise<void> {
  const passwordFile = `${directory}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
  giveTo(account, passwordFile);
  const options = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--username=postgres', '--no-instructions'];
  try {
    await run(
      initdb,
      [...options, ...(isForTest ? ['--no-sync'] : []), `--pwfile=${passwordFile}`, `--pgdata=${directory}`],
      { uid: account.uid, gid: account.gid, cwd: '/', env: serverEnvironment() },
    );
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`initdb failed: ${reason}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** PostgreSQL reads PG* variables, and speaks the machine's language, unless its environment is a clean one. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function unfinishedPrefix(dataDirectory: string): string {
  return `${dataDirectory}.unfinished-`;
}

function dropUnfinished(dataDirectory: string): void {
  const prefix = basename(unfinishedPrefix(dataDirectory));
  for (const name of readdirSync(dirname(dataDirectory))) {
    if (name.startsWith(prefix) && !isAlive(Number.parseInt(name.slice(prefix.length), 10))) {
      rmSync(join(dirname(dataDirectory), name), { recursive: true, force: true });
    }
  }
}
