import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../json.ts';
import type { TopicDeclaration } from '../topics.ts';
import type { ContractHarness } from './harness.ts';

/** What the process is told. */
export type MemberOrders = {
  readonly module: string;
  readonly settings: JsonObject;
  readonly topic: TopicDeclaration;
  readonly group: string;
};

/** What the process reports. */
export type MemberReport =
  | { readonly joined: true }
  | { readonly received: readonly number[] }
  | { readonly handled: readonly number[] }
  | { readonly closed: true };

/** A member of a group in a process of its own, to be killed or frozen. Its handler does not return before `thaw`. */
export class MemberProcess {
  readonly received: number[] = [];
  readonly handled: number[] = [];
  /** It has left the group in order: whatever it wanted to commit has been tried. */
  hasClosed = false;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(
    { process: { module, settings } }: ContractHarness,
    orders: Omit<MemberOrders, 'module' | 'settings'>,
  ): Promise<MemberProcess> {
    const child = fork(fileURLToPath(new URL('./member.ts', import.meta.url)), [
      JSON.stringify({ module, settings, ...orders }),
    ]);
    const member = new MemberProcess(child);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the member's process ended with ${code} before it had joined`)));
      child.on('message', (report: MemberReport) => {
        if ('joined' in report) resolve();
        else if ('received' in report) member.received.push(...report.received);
        else if ('handled' in report) member.handled.push(...report.handled);
        else member.hasClosed = true;
      });
    });
    return member;
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** Stops its time, as a long pause of the machine does. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets its time go on, its handler return, and its membership end. */
  thaw(): void {
    this.#child.kill('SIGCONT');
    this.#child.send('resume');
  }
}
