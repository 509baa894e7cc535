import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { checkoutFolder } from '../checkout/paths.ts';
import type { ProcessLog } from './process-log.ts';
import type { PlannedProcess } from './process-plan.ts';

/** A process that has not become ready by then hangs. The first start of PostgreSQL on a slow disk takes half of it. */
const readyLimitMs = 60_000;

/** What a child says over its channel: that it is ready, or which process it stands for, as that of PostgreSQL does. */
type ChildMessage = { type: 'ready' } | { type: 'stands-for'; pid: number; immediateStop: 'SIGQUIT' | 'SIGKILL' };

/** One run of one of the house's processes. */
export interface Child {
  /** Of what a person means by the process: PostgreSQL's own, not that of what stands for it. */
  pid: number | undefined;
  startedAt: number;
  /** Resolves when the child says that it is ready; rejects with one line when it ends first or takes too long. */
  ready: Promise<void>;
  /** Resolves when the run is over. */
  ended: Promise<void>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

function isChildMessage(message: unknown): message is ChildMessage {
  return typeof message === 'object' && message !== null && 'type' in message;
}

function readLines(input: Readable | null, take: (line: string) => void): void {
  if (input) createInterface({ input }).on('line', take);
}

/** Starts a process of its own group, whose output goes to the log and which ends when this process is gone. */
export function startChild(plan: PlannedProcess, log: ProcessLog): Child {
  const running = spawn(process.execPath, [plan.script, ...plan.parameters], {
    cwd: checkoutFolder,
    env: plan.environment,
    // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops its children in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let standsFor: Extract<ChildMessage, { type: 'stands-for' }> | undefined;
  let lastWords: string | undefined;
  readLines(running.stdout, (line) => log.write(line));
  readLines(running.stderr, (line) => {
    lastWords = line.trim() || lastWords;
    log.write(line);
  });

  const ended = new Promise<string>((resolve) => {
    running.once('error', (error) => resolve(error.message));
    running.once('close', (code, signal) => resolve(lastWords ?? `it ended with ${signal ?? `exit code ${code}`}`));
  });
  const saidReady = new Promise<undefined>((resolve) => {
    running.on('message', (message) => {
      if (!isChildMessage(message)) return;
      if (message.type === 'stands-for') {
        standsFor = message;
        child.pid = message.pid;
      }
      if (message.type === 'ready') resolve(undefined);
    });
  });
  const child: Child = {
    pid: running.pid,
    startedAt: performance.now(),
    ready: waitUntilReady(saidReady, ended),
    ended: ended.then(() => undefined),
    kill: (signal) => {
      // Who stands for another program cannot end it once it is killed itself.
      if (signal === 'SIGKILL' && standsFor !== undefined) killIfThere(standsFor.pid, standsFor.immediateStop);
      running.kill(signal);
    },
  };
  return child;
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitUntilReady(saidReady: Promise<undefined>, ended: Promise<string>): Promise<void> {
  const limit = new AbortController();
  const tooLong = `it was not ready after ${readyLimitMs / 1_000} s`;
  const reason = await Promise.race([saidReady, ended, pause(readyLimitMs, tooLong, { signal: limit.signal })]);
  limit.abort();
  if (reason !== undefined) throw new Error(reason);
}
