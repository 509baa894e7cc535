import type { BalanceChange } from './balance-change.ts';

/**
 * How many changes wait for a slow watcher. Enough for a burst at a till, little enough that thousands of stalled watchers
 * cost no memory worth naming.
 */
export const queuedChangesMax = 64;

/** A change in a queue. */
export interface QueuedChange {
  change: BalanceChange;
  /** Whether changes before it were dropped because the queue was full: a jump that is no gap. */
  isCollapsed: boolean;
}

/**
 * What waits for one watcher, ascending by version, each version once. A full queue collapses to its newest change:
 * balances are absolute, so the newest is what matters.
 */
export class ChangeQueue {
  #queued: QueuedChange[] = [];
  #newestVersion = -1n;
  #isClosed = false;
  #deliver: ((next: QueuedChange | undefined) => void) | undefined;
  #onClose: () => void;

  /** @param onClose called once, when nobody will take from the queue any more */
  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  /** Adds a change; one that is not newer than all before it is dropped. */
  push(change: BalanceChange): void {
    if (this.#isClosed || change.version <= this.#newestVersion) return;
    this.#newestVersion = change.version;
    if (this.#deliver) {
      this.#deliver({ change, isCollapsed: false });
      this.#deliver = undefined;
    } else if (this.#queued.length < queuedChangesMax) {
      this.#queued.push({ change, isCollapsed: false });
    } else {
      this.#queued = [{ change, isCollapsed: true }];
    }
  }

  /** Waits for the next change; undefined once the queue is closed. One taker at a time. */
  take(): Promise<QueuedChange | undefined> {
    const next = this.#queued.shift();
    if (next || this.#isClosed) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.#deliver = resolve;
    });
  }

  /** Drops what waits, ends a waiting taker at once, and leaves the hub. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queued = [];
    this.#deliver?.(undefined);
    this.#deliver = undefined;
    this.#onClose();
  }
}
