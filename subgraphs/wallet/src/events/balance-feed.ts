import { BALANCE_CHANGED, type BalanceChanged, type Consumer, type EventBus } from '@localplus/event-bus';
import { toUuid } from '@localplus/identifiers';
import { applyFeedBatch } from '../commands/apply-balance-changes.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { BalanceHub } from '../domain/balance-hub.ts';
import { holderUuid } from '../domain/holder-id.ts';
import type { Database } from '../store/connection.ts';
import { loadFeedPositions } from '../store/feed-position-rows.ts';

interface BalanceFeedOptions {
  bus: EventBus;
  pool: Database;
  hub: BalanceHub;
}

/**
 * Follows the ledger's balance changes on this replica, from where they were last applied: what was published while the
 * wallet was dead is applied first. Each batch is applied together with its position, and only then handed to the watchers.
 */
export async function startBalanceFeed({ bus, pool, hub }: BalanceFeedOptions): Promise<Consumer> {
  const positions = await loadFeedPositions(pool, bus.logId, BALANCE_CHANGED);
  return bus.consumeAsEveryReplica({
    name: 'wallet.balance-feed',
    topics: [BALANCE_CHANGED],
    startFrom: positions.length === 0 ? 'earliest' : positions,
    handler: async ({ topic, partition, events }) => {
      const last = events.at(-1);
      if (!last) return;
      const changes = events.map(({ value }) => readBalanceChanged(value));
      await applyFeedBatch({ pool, hub }, changes, {
        logId: bus.logId,
        topic,
        partition,
        offset: last.offset + 1n,
      });
    },
  });
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
