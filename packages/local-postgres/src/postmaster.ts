import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A setting of no meaning to PostgreSQL that names the process which started it, readable in its command line. */
export const supervisorSetting = 'localplus.supervisor';

/** A fast shutdown writes a checkpoint: short for our sizes, long on a busy disk. */
const fastStopLimitMs = 10_000;
const pollMs = 25;

/**
 * Makes sure that no server of an earlier run holds the data: a server whose supervisor is gone is stopped, a lock file whose
 * number now belongs to another program is removed. Throws when the server's supervisor still lives.
 */
export async function clearLeftovers(dataDirectory: string): Promise<'nothing' | 'stopped-orphan'> {
  const pid = lockedBy(dataDirectory);
  if (pid === undefined) return 'nothing';
  const found = inspect(pid);
  // A dead server's lock file stays: PostgreSQL also reads in it whether children of that server still use its memory.
  if (!found) return 'nothing';
  if (!found.command.includes(dataDirectory)) {
    rmSync(join(dataDirectory, 'postmaster.pid'));
    return 'nothing';
  }
  const supervisor = new RegExp(`${supervisorSetting}=(\\d+)`).exec(found.command)?.[1];
  if (found.parent === Number(supervisor)) {
    throw new Error(
      `another Local-Plus (process ${supervisor}) is running PostgreSQL on ${dataDirectory}: stop it first`,
    );
  }
  await endServer(pid, () => inspect(pid)?.command.includes(dataDirectory) === true);
  return 'stopped-orphan';
}

/** Ends a server: quickly and cleanly, and when that takes too long without a last checkpoint (nothing is lost by it). */
export async function endServer(pid: number, isRunning: () => boolean): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (isRunning()) process.kill(pid, signal);
    const givesUpAt = performance.now() + fastStopLimitMs;
    while (isRunning() && performance.now() < givesUpAt) await pause(pollMs);
    if (!isRunning()) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop`);
}

function lockedBy(dataDirectory: string): number | undefined {
  const lockFile = join(dataDirectory, 'postmaster.pid');
  if (!existsSync(lockFile)) return undefined;
  const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** The parent and command line of a running process; `undefined` when there is none of that number. */
function inspect(pid: number): { parent: number; command: string } | undefined {
  if (process.platform !== 'linux') return inspectWithPs(pid);
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The name, in brackets, may itself hold spaces and brackets; state and parent follow the last one.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    // A process that ended and was not collected yet has no command line.
    return command === '' ? undefined : { parent, command };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

function inspectWithPs(pid: number): { parent: number; command: string } | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const match = status === 0 ? /^\s*(\d+)\s+(.*)$/s.exec(stdout) : null;
  return match ? { parent: Number(match[1]), command: match[2] ?? '' } : undefined;
}
