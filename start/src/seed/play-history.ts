import type { SeededMerchant } from './demo-state.ts';
import type { DemoTools } from './demo-tools.ts';
import type { DemoEvent, WalletHistory } from './history.ts';
import { inLanes } from './lanes.ts';

/** Enough to keep the house busy, few enough that a laptop stays usable. */
const lanes = 16;

/** News of a merchant and its stores that may still be on their way to the ledger. */
const passing = ['LedgerMerchantNotLive', 'LedgerUnknownStore'];

interface Posted {
  transaction: { id: string };
}

async function play(
  { client, operatorToken }: DemoTools,
  wallet: { id: string; storeIds: string[] },
  event: DemoEvent,
  posted: ReadonlyMap<string, string>,
): Promise<string> {
  const { key: idempotencyKey, occurredAt, storeIndex, reference } = event;
  const visit = { idempotencyKey, walletId: wallet.id, storeId: wallet.storeIds[storeIndex], reference };
  const command = (field: string, input: Record<string, unknown>) =>
    client.command<Posted>(operatorToken, { field, selection: 'transaction { id }', input, passing });
  switch (event.kind) {
    case 'earn': {
      const purchase = { amountMinor: String(event.amountMinor), currency: 'EUR' };
      return (await command('earnPoints', { ...visit, occurredAt, purchase })).transaction.id;
    }
    case 'burn':
      return (await command('burnPoints', { ...visit, occurredAt, points: String(event.points) })).transaction.id;
    case 'reverse': {
      const transactionId = posted.get(event.ofKey);
      return (await command('reverseTransaction', { idempotencyKey, transactionId, reason: 'returned' })).transaction
        .id;
    }
  }
}

/**
 * Plays what happened at a merchant, each wallet's events one after the other and many wallets at once. Every command
 * bears the key of its event: what was played before is answered as a replay.
 */
export async function playHistories(
  tools: DemoTools,
  { storeIds, wallets }: SeededMerchant,
  histories: readonly WalletHistory[],
): Promise<void> {
  const played = histories.map(({ events }, index) => ({ events, wallet: wallets[index] }));
  await inLanes(played, lanes, async ({ events, wallet }) => {
    if (!wallet) throw new Error('A wallet of the demo is missing.');
    const posted = new Map<string, string>();
    for (const event of events) {
      posted.set(event.key, await play(tools, { id: wallet.id, storeIds }, event, posted));
      tools.onAnswer();
    }
  });
}
