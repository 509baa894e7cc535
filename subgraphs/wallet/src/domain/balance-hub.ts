import type { BalanceChange } from './balance-change.ts';
import { ChangeQueue } from './change-queue.ts';

/** Hands the changes that the feed has applied to those who watch the holders. It keeps nothing for who is not there. */
export class BalanceHub {
  #watchers = new Map<string, Set<ChangeQueue>>();

  /** Starts to collect the changes of a holder. Closing the queue ends it. */
  join(holderId: string): ChangeQueue {
    const watchers = this.#watchers.get(holderId) ?? new Set();
    const queue = new ChangeQueue(() => {
      watchers.delete(queue);
      if (watchers.size === 0) this.#watchers.delete(holderId);
    });
    this.#watchers.set(holderId, watchers.add(queue));
    return queue;
  }

  /** Hands out changes that are applied already: who is told of a version finds it when reading. */
  publish(changes: readonly BalanceChange[]): void {
    for (const change of changes) {
      for (const queue of this.#watchers.get(change.holderId) ?? []) queue.push(change);
    }
  }

  /** How many watch, over all holders. */
  get watcherCount(): number {
    return [...this.#watchers.values()].reduce((count, watchers) => count + watchers.size, 0);
  }

  /** Ends every watch; each watcher's stream completes. */
  close(): void {
    for (const queue of [...this.#watchers.values()].flatMap((watchers) => [...watchers])) queue.close();
  }
}
