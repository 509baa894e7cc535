import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { inspectProcess, isAlive, signalProcess } from './process-table.ts';

/** A setting of no meaning to PostgreSQL that names the process which started it, readable in its command line. */
export const supervisorSetting = 'localplus.supervisor';

/** A fast shutdown writes a checkpoint: short for our sizes, long on a busy disk. */
const fastStopLimitMs = 10_000;
/** A supervisor that is just ending takes its server with it; one that lives on keeps it. */
const supervisorEndLimitMs = 2_000;
const pollMs = 25;

type Postmaster = { pid: number; isOrphan: boolean };

/** The data are in use by a server whose supervisor lives. */
export class DataInUseError extends Error {
  override readonly name = 'DataInUseError';
}

/**
 * Makes sure that no server of an earlier run holds the data: one whose supervisor is gone is stopped, a lock file whose number
 * now belongs to another program is corrected. Answers whether a server was stopped. Throws a `DataInUseError` when the server's
 * supervisor still lives.
 */
export async function clearLeftovers(dataDirectory: string): Promise<boolean> {
  const givesUpAt = performance.now() + supervisorEndLimitMs;
  let running = findPostmaster(dataDirectory);
  while (running && !running.isOrphan && performance.now() < givesUpAt) {
    await pause(pollMs);
    running = findPostmaster(dataDirectory);
  }
  if (!running) return false;
  if (!running.isOrphan) {
    throw new DataInUseError(
      `PostgreSQL is already running on ${dataDirectory} (process ${running.pid}): stop what started it first`,
    );
  }
  const { pid } = running;
  await endServer(pid, () => findPostmaster(dataDirectory)?.pid === pid);
  return true;
}

/** Ends a server: quickly and cleanly, and when that takes too long without a last checkpoint (nothing is lost by it). */
export async function endServer(pid: number, isRunning: () => boolean): Promise<void> {
  if (!isRunning()) return;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalProcess(pid, signal);
    const givesUpAt = performance.now() + fastStopLimitMs;
    while (isRunning() && performance.now() < givesUpAt) await pause(pollMs);
    if (!isRunning()) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop`);
}

function findPostmaster(dataDirectory: string): Postmaster | undefined {
  const lockFile = join(dataDirectory, 'postmaster.pid');
  if (!existsSync(lockFile)) return undefined;
  const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
  const found = inspectProcess(pid);
  if (!found?.command.includes(`-D ${dataDirectory} `)) {
    if (isAlive(pid)) disown(lockFile);
    return undefined;
  }
  const supervisor = new RegExp(`${supervisorSetting}=(\\d+)`).exec(found.command)?.[1];
  // A process whose parent died gets another one at once, so this holds even when the parent's number was given away again.
  return { pid, isOrphan: supervisor !== undefined && Number(supervisor) !== found.parentPid };
}

/**
 * The number in the lock file belongs to another program by now, or to a dead server that nobody collected: PostgreSQL would
 * take it for a living one. The number of the new server's parent, ours, it knows to be none. The file itself must stay:
 * PostgreSQL reads in it whether children of the dead server still use its memory.
 */
function disown(lockFile: string): void {
  const [, ...rest] = readFileSync(lockFile, 'utf8').split('\n');
  writeFileSync(lockFile, [String(process.pid), ...rest].join('\n'));
}
