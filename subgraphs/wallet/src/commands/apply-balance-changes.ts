import { withRetry } from '@localplus/postgres';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { BalanceHub } from '../domain/balance-hub.ts';
import type { BalanceStore } from '../store/balance-store.ts';

/**
 * Takes the changes of one commit of the ledger (the hop). Watchers are not told here: the feed tells them, on every replica.
 * @returns how many were newer than what was stored
 */
export async function applyCommittedChanges(store: BalanceStore, changes: readonly BalanceChange[]): Promise<number> {
  return store.store(changes);
}

/** Takes a batch of the feed. Only when its balances are stored, by the feed or by the hop, the watchers are told. */
export async function applyFeedBatch(
  { store, hub }: { store: BalanceStore; hub: BalanceHub },
  changes: readonly BalanceChange[],
): Promise<void> {
  await withRetry(() => store.store(changes));
  hub.publish(changes);
}
