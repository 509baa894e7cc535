import { setTimeout as pause } from 'node:timers/promises';
import { restartDelayMs } from './back-off.ts';
import { type Child, startChild } from './child.ts';
import type { ProcessLog } from './process-log.ts';
import type { PlannedProcess } from './process-plan.ts';

/** The first start of a process failed; the message is one line. */
export class StartFailed extends Error {
  constructor(name: string, reason: string, logFile: string) {
    super(`${name} could not start: ${reason} (log: ${logFile})`);
    this.name = 'StartFailed';
  }
}

/** A process that is started again whenever it ends without having been told to. */
export class SupervisedProcess {
  readonly name: string;
  #plan: PlannedProcess;
  #log: ProcessLog;
  #onChange: () => void;
  #child: Child | undefined;
  #restarts = 0;
  #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  /** @param onChange called when the process id or the number of restarts has changed */
  constructor(plan: PlannedProcess, log: ProcessLog, onChange: () => void) {
    this.name = plan.name;
    this.#plan = plan;
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Process id of what runs now; undefined between a death and the next start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Starts it, resolves when it says that it is ready, and keeps it running from then on.
   * @throws StartFailed
   */
  async start(): Promise<void> {
    const child = await this.#run();
    this.#watching = this.#keepRunning(child);
  }

  /**
   * Ends it by SIGTERM, and by SIGKILL when the limit has passed.
   * @returns whether it ended by itself
   */
  async stop(limitMs: number): Promise<boolean> {
    this.#stopping.abort();
    const child = this.#child;
    let endedItself = true;
    if (child) {
      child.kill('SIGTERM');
      const limit = setTimeout(() => {
        endedItself = false;
        child.kill('SIGKILL');
      }, limitMs);
      await child.ended;
      clearTimeout(limit);
    }
    await this.#watching;
    return endedItself;
  }

  async #run(): Promise<Child> {
    const child = startChild(this.#plan, this.#log);
    this.#child = child;
    void child.ended.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    try {
      await child.ready;
      return child;
    } catch (error) {
      child.kill('SIGKILL');
      await child.ended;
      throw new StartFailed(this.name, error instanceof Error ? error.message : String(error), this.#log.file);
    }
  }

  async #keepRunning(first: Child): Promise<void> {
    let child = first;
    let delayMs: number | undefined;
    let ranForMs = 0;
    for (;;) {
      await child.ended;
      if (this.#stopping.signal.aborted) return;
      ranForMs = performance.now() - child.startedAt;
      this.#log.notice(`${this.name} has ended and is started again (log: ${this.#log.file})`);
      this.#onChange();
      for (let back: Child | undefined; !back; ranForMs = 0) {
        delayMs = restartDelayMs(delayMs, ranForMs);
        if (!(await this.#wait(delayMs))) return;
        this.#restarts += 1;
        back = await this.#tryAgain();
        if (back) child = back;
      }
    }
  }

  async #tryAgain(): Promise<Child | undefined> {
    try {
      const child = await this.#run();
      this.#log.notice(`${this.name} is back`);
      this.#onChange();
      return child;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#log.trouble(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Waits; false when the process is to stop instead. */
  async #wait(durationMs: number): Promise<boolean> {
    const { signal } = this.#stopping;
    const woken = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const timer = new AbortController();
    await Promise.race([woken, pause(durationMs, undefined, { signal: timer.signal })]);
    timer.abort();
    return !signal.aborted;
  }
}
