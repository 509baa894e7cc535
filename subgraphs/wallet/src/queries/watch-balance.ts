import type { BalanceState } from '../domain/balance.ts';
import { type BalanceChange, type BalanceEvent, snapshotOf } from '../domain/balance-change.ts';
import type { BalanceHub } from '../domain/balance-hub.ts';
import type { ChangeQueue } from '../domain/change-queue.ts';
import { InvalidCursor } from '../domain/cursor.ts';
import { changesPageMax, type ListChanges } from '../domain/ledger.ts';

/** What a watch reads from. */
export interface WatchSources {
  hub: BalanceHub;
  /** What the wallet has stored for the holder now. */
  readState: (holderId: string) => Promise<BalanceState>;
  listChanges: ListChanges;
  /** Told when a gap could not be filled, and the watcher was told of skipped versions instead. */
  onUnfilledGap: (error: unknown) => void;
}

/**
 * Opens the stream of one holder's changes. It joins the live changes first and reads the past afterwards, so that nothing
 * falls between. Without `afterVersion` it starts with a snapshot of the state now; with it, with what was missed, or with
 * one snapshot when that is more than a page. Every event's version is that of the event before plus `skipped` plus one.
 * @throws InvalidCursor when `afterVersion` is ahead of the ledger; RpcFailed when the ledger cannot be asked
 */
export async function watchBalance(
  sources: WatchSources,
  holderId: string,
  afterVersion?: bigint,
): Promise<BalanceWatch> {
  const queue = sources.hub.join(holderId);
  try {
    if (afterVersion !== undefined) {
      return new BalanceWatch(
        sources,
        queue,
        holderId,
        afterVersion,
        await missedChanges(sources, holderId, afterVersion),
      );
    }
    const state = await sources.readState(holderId);
    return new BalanceWatch(sources, queue, holderId, state.version - 1n, [snapshotOf(holderId, state)]);
  } catch (error) {
    queue.close();
    throw error;
  }
}

async function missedChanges(
  { listChanges }: WatchSources,
  holderId: string,
  afterVersion: bigint,
): Promise<BalanceChange[]> {
  const { changes, current } = await listChanges(holderId, afterVersion, changesPageMax);
  if (current.version < afterVersion) throw new InvalidCursor();
  const isComplete = changes.length < changesPageMax || afterVersion + BigInt(changes.length) >= current.version;
  if (isComplete) return changes;
  const newest = await listChanges(holderId, current.version - 1n, 1);
  return newest.changes.map((change) => snapshotOf(holderId, change));
}

/**
 * The stream of one watcher: versions ascend, none comes twice. It is an iterator and no generator, because a generator that
 * waits for its next value cannot be ended from outside, and a quiet wallet may wait for days.
 */
export class BalanceWatch implements AsyncIterableIterator<BalanceEvent, undefined, undefined> {
  #sources: WatchSources;
  #queue: ChangeQueue;
  #holderId: string;
  #lastVersion: bigint;
  #ready: BalanceChange[];

  /** @param lastVersion what the watcher has already @param ready what to send before anything live */
  constructor(
    sources: WatchSources,
    queue: ChangeQueue,
    holderId: string,
    lastVersion: bigint,
    ready: BalanceChange[],
  ) {
    this.#sources = sources;
    this.#queue = queue;
    this.#holderId = holderId;
    this.#lastVersion = lastVersion;
    this.#ready = ready;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async next(): Promise<IteratorResult<BalanceEvent, undefined>> {
    for (;;) {
      for (let change = this.#ready.shift(); change; change = this.#ready.shift()) {
        if (change.version > this.#lastVersion) return { done: false, value: this.#toEvent(change) };
      }
      const queued = await this.#queue.take();
      if (queued === undefined) return { done: true, value: undefined };
      const isGap = queued.change.version > this.#lastVersion + 1n && !queued.isCollapsed;
      this.#ready = isGap ? [...(await this.#readGap(queued.change.version)), queued.change] : [queued.change];
    }
  }

  async return(): Promise<IteratorResult<BalanceEvent, undefined>> {
    this.#ready = [];
    this.#queue.close();
    return { done: true, value: undefined };
  }

  async #readGap(beforeVersion: bigint): Promise<BalanceChange[]> {
    const missing = beforeVersion - this.#lastVersion - 1n;
    if (missing > changesPageMax) return [];
    try {
      return (await this.#sources.listChanges(this.#holderId, this.#lastVersion, Number(missing))).changes;
    } catch (error) {
      // The watcher is better served by the newest balance, which says how many versions it skips, than by an end.
      this.#sources.onUnfilledGap(error);
      return [];
    }
  }

  #toEvent(change: BalanceChange): BalanceEvent {
    const skipped = change.version - this.#lastVersion - 1n;
    this.#lastVersion = change.version;
    return { ...change, skipped };
  }
}
