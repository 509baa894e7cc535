import { existsSync, rmSync, statSync, utimesSync } from 'node:fs';
import { z } from 'zod';
import { readJson, writePrivateJson } from './private-file.ts';
import type { StateDirectory } from './state-directory.ts';

/** Who runs touches the lock this often, so that a lock whose owner was killed is recognised. */
const touchMs = 1_000;
/** Five missed touches: the owner is gone. */
const staleMs = 5_000;

const lockSchema = z.object({ pid: z.number().int() });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, it belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process that runs from this state directory; undefined where none does. */
export function runningInstance({ lockFile }: StateDirectory): number | undefined {
  if (!existsSync(lockFile)) return undefined;
  const { pid } = lockSchema.parse(readJson(lockFile));
  // A number alone may have been given to another program since; a recent touch alone may be of one just killed.
  const touchedMsAgo = Date.now() - statSync(lockFile).mtimeMs;
  return touchedMsAgo < staleMs && isAlive(pid) ? pid : undefined;
}

/**
 * Marks this process as the one that runs from the state directory.
 * @returns a function that takes the mark away
 */
export function lockInstance({ lockFile }: StateDirectory): () => void {
  writePrivateJson(lockFile, { pid: process.pid });
  const touching = setInterval(() => {
    const now = new Date();
    if (existsSync(lockFile)) utimesSync(lockFile, now, now);
  }, touchMs);
  touching.unref();
  return () => {
    clearInterval(touching);
    rmSync(lockFile, { force: true });
  };
}
