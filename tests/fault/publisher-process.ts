import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { KillOrder, PublisherOrders, PublisherReport } from './publisher-main.ts';

/** A publisher in a process of its own. */
export class PublisherProcess {
  state: 'starting' | PublisherReport | 'ended' = 'starting';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(orders: PublisherOrders) {
    this.#child = fork(join(import.meta.dirname, 'publisher-main.ts'), [JSON.stringify(orders)]);
    this.#child.on('message', (state: PublisherReport) => {
      this.state = state;
    });
    this.#ended = once(this.#child, 'exit').then(() => {
      this.state = 'ended';
    });
  }

  /** Has it die at a point of its next batch. @throws Error when it ends in any other way */
  async dieAt(order: KillOrder): Promise<void> {
    this.#child.send(order);
    await this.#ended;
    if (this.#child.signalCode !== 'SIGKILL') throw new Error(`a publisher ended with ${this.#child.exitCode}`);
  }

  /** Stops its time, as a long pause of the machine does. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets its time go on. */
  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
