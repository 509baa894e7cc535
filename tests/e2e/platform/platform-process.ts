import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { processTree, sendSignal } from './processes.ts';

/** Folder of the checkout. */
export const checkout = join(import.meta.dirname, '../../..');

const outputKeptCharacters = 64_000;

/** How a process ended. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How a platform's process is run. */
export interface PlatformProcessOptions {
  /** Program and parameters, the program first. */
  command: string[];
  environment: Record<string, string>;
}

/** A supervisor, or what starts one, with everything that it has printed. */
export class PlatformProcess {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #output = '';
  #standardError = '';
  #end: ProcessEnd | undefined;

  constructor({ command: [program = '', ...parameters], environment }: PlatformProcessOptions) {
    this.#child = spawn(program, parameters, {
      cwd: checkout,
      // A process group of its own, so that a test can press Ctrl-C for it alone.
      detached: true,
      // The channel closes when the test's process dies, however it dies: the supervisor then ends the platform.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LANG: 'C.UTF-8', ...environment },
    });
    if (this.#child.pid === undefined) throw new Error(`${program} could not be started.`);
    this.pid = this.#child.pid;
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#keep(text);
      this.#standardError += text;
    });
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#end = { code, signal };
      return this.#end;
    });
  }

  /** The last of what it printed, both streams together. */
  get output(): string {
    return this.#output;
  }

  get standardError(): string {
    return this.#standardError;
  }

  /** How it ended; undefined while it runs. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** Sends a signal to this process alone. */
  signal(signal: NodeJS.Signals): void {
    sendSignal(this.pid, signal);
  }

  /** Sends a signal to the whole process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    sendSignal(-this.pid, signal);
  }

  /** Waits for the end. @throws when it does not come in time; what it printed last is part of the message */
  async waitForEnd(timeoutMs: number): Promise<ProcessEnd> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`The process did not end within ${timeoutMs} ms. It printed:\n${this.#output}`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([this.ended, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process and all that descends from it, without asking. */
  async destroy(): Promise<void> {
    for (const pid of processTree(this.pid)) sendSignal(pid, 'SIGKILL');
    await this.ended;
  }

  #keep(text: string): void {
    this.#output = `${this.#output}${text}`.slice(-outputKeptCharacters);
  }
}
