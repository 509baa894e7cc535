import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchDatabase } from './database.ts';
import type { Aim } from './writer-load.ts';

const run = promisify(execFile);
const debianFolder = '/usr/lib/postgresql';

/** Finds `pgbench`, which no npm package brings. */
export function findPgbench(): string {
  const versions = listOf(debianFolder).map((version) => join(debianFolder, version, 'bin'));
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...versions];
  const found = folders.map((folder) => join(folder, 'pgbench')).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    'pgbench is missing. Install it: apt-get install postgresql-contrib (Debian), or put it on the PATH.',
  );
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** Each connection plans the functions' statements at its first command, which is not what is measured. */
const warmUpSeconds = 3;

/** Runs one command in each transaction, from so many connections. Answers how many a second, and how many in all. */
export async function runYardstick(
  pgbench: string,
  { adminConnectionString, size }: BenchDatabase,
  { aim, inFlight, durationMs }: { aim: Aim; inFlight: number; durationMs: number },
): Promise<{ perSecond: number; count: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'localplus-pgbench-'));
  const number = {
    uniform: `random(1, ${size.holders - 1})`,
    'hot merchant': `10 * random(1, ${size.holders / 10 - 1})`,
    'hot wallet': '1',
  };
  const script = [
    `\\set number ${number[aim]}`,
    '\\set kind random(1, 10)',
    '\\set points random(1, 100)',
    'SELECT bench.post_one(:number, :kind <= 7, CASE WHEN :kind <= 7 THEN :points ELSE 1 + :points / 5 END);',
  ];
  const { hostname, port, username, password, pathname } = new URL(adminConnectionString);
  try {
    writeFileSync(join(folder, 'script.sql'), `${script.join('\n')}\n`);
    const { stdout, stderr } = await run(
      pgbench,
      [
        ...[
          '--no-vacuum',
          '--protocol=prepared',
          '--jobs=2',
          `--client=${inFlight}`,
          `--time=${warmUpSeconds + durationMs / 1_000}`,
          '--progress=1',
        ],
        ...[`--file=${join(folder, 'script.sql')}`, `--host=${hostname}`, `--port=${port}`, `--username=${username}`],
        decodeURIComponent(pathname.slice(1)),
      ],
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(password) } },
    );
    const speeds = [...stderr.matchAll(/progress: ([\d.]+) s, ([\d.]+) tps/g)]
      .filter(([, at]) => Number(at) > warmUpSeconds + 0.5)
      .map(([, , speed]) => Number(speed));
    const count = /transactions actually processed: (\d+)/.exec(stdout)?.[1];
    if (speeds.length === 0 || count === undefined) throw new Error(`pgbench said: ${stdout}${stderr}`);
    return { perSecond: speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length, count: Number(count) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
