import { withRetry } from '@localplus/postgres';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { BalanceHub } from '../domain/balance-hub.ts';
import { storeBalances } from '../store/balance-rows.ts';
import type { Database } from '../store/connection.ts';
import type { FeedPosition } from '../store/feed-position-rows.ts';

/**
 * Takes the changes of one commit of the ledger (the hop). Watchers are not told here: the feed tells them, on every replica.
 * @returns how many were newer than what was stored
 */
export async function applyCommittedChanges(pool: Database, changes: readonly BalanceChange[]): Promise<number> {
  return changes.length === 0 ? 0 : storeBalances(pool, changes);
}

/** Takes a batch of the feed: balances and position in one statement, and only then the watchers are told. */
export async function applyFeedBatch(
  { pool, hub }: { pool: Database; hub: BalanceHub },
  changes: readonly BalanceChange[],
  position: FeedPosition,
): Promise<void> {
  await withRetry(() => storeBalances(pool, changes, position));
  hub.publish(changes);
}
