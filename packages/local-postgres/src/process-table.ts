import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type RunningProcess = { parentPid: number; command: string };

/** Whether a process of this number runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Sends a signal; a process that is gone already needs none. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** The parent and command line of a running process; `undefined` when there is none of that number. */
export function inspectProcess(pid: number): RunningProcess | undefined {
  return process.platform === 'linux' ? readProcFolder(pid) : askPs(pid);
}

function readProcFolder(pid: number): RunningProcess | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The name, in brackets, may itself hold spaces and brackets; state and parent follow the last one.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parentPid = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    // A process that ended and was not collected yet has no command line.
    return command === '' ? undefined : { parentPid, command };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

function askPs(pid: number): RunningProcess | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const match = status === 0 ? /^\s*(\d+)\s+(.*)$/s.exec(stdout) : null;
  return match ? { parentPid: Number(match[1]), command: match[2] ?? '' } : undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
