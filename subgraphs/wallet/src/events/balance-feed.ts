import { BALANCE_CHANGED, type BalanceChanged, type Consumer, type EventBus } from '@localplus/event-bus';
import { toUuid } from '@localplus/identifiers';
import type { Logger } from '@localplus/logging';
import { applyFeedBatch } from '../commands/apply-balance-changes.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { BalanceHub } from '../domain/balance-hub.ts';
import { holderUuid } from '../domain/holder-id.ts';
import type { BalanceStore } from '../store/balance-store.ts';
import type { Database } from '../store/connection.ts';
import { loadFeedPositions, storeFeedPositions } from '../store/feed-position-rows.ts';
import { FeedProgress } from './feed-progress.ts';

interface BalanceFeedOptions {
  bus: EventBus;
  pool: Database;
  store: BalanceStore;
  hub: BalanceHub;
  logger: Logger;
}

/**
 * Follows the ledger's balance changes on this replica, from where they were last applied: what was published while the
 * wallet was dead is applied first. Each batch is stored, and only then handed to the watchers; how far the feed has come is
 * noted behind it.
 */
export async function startBalanceFeed({
  bus,
  pool,
  store,
  hub,
  logger,
}: BalanceFeedOptions): Promise<Pick<Consumer, 'close'>> {
  const followed = { logId: bus.logId, topic: BALANCE_CHANGED };
  const positions = await loadFeedPositions(pool, followed);
  const progress = new FeedProgress({ store: (reached) => storeFeedPositions(pool, followed, reached), logger });
  const consuming = bus.consumeAsEveryReplica({
    name: 'wallet.balance-feed',
    topics: [BALANCE_CHANGED],
    startFrom: positions.length === 0 ? 'earliest' : positions.map((each) => ({ topic: BALANCE_CHANGED, ...each })),
    handler: async ({ partition, events }) => {
      const last = events.at(-1);
      if (!last) return;
      await applyFeedBatch(
        { store, hub },
        events.map(({ value }) => readBalanceChanged(value)),
      );
      progress.reached({ partition, offset: last.offset + 1n });
    },
  });
  const consumer = await consuming.catch(async (error: unknown) => {
    await progress.stop();
    throw error;
  });
  return {
    close: async () => {
      await consumer.close();
      await progress.stop();
    },
  };
}

function readBalanceChanged(value: BalanceChanged): BalanceChange {
  return {
    holderId: holderUuid(value.holderId),
    version: BigInt(value.version),
    balances: value.balances.map(({ asset, posted, pending, held }) => {
      return { asset, posted: BigInt(posted), pending: BigInt(pending), held: BigInt(held) };
    }),
    occurredAt: new Date(value.occurredAt),
    kind: value.kind,
    transactionId: toUuid(value.transactionId, 'trx'),
  };
}
