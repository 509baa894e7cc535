import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectBooksInBalance } from './platform/books.ts';
import { inFlight } from './platform/in-flight.ts';
import { addMerchant, type TestMerchant } from './platform/merchants.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import {
  availableOf,
  burn,
  earn,
  newKey,
  type PostingAnswer,
  posted,
  readWallet,
  reverseDocument,
} from './platform/till.ts';

let platform: Platform;
let merchant: TestMerchant;

beforeAll(async () => {
  platform = await startPlatform();
  merchant = await addMerchant(platform);
});
afterAll(() => platform?.stop());

async function reverse(transactionId: string): Promise<PostingAnswer> {
  const input = { idempotencyKey: newKey(), transactionId, reason: 'mistake' };
  const answer = await platform.ask<{ reverseTransaction: PostingAnswer }>(merchant.manager, reverseDocument, {
    input,
  });
  return answer.reverseTransaction;
}

describe('commands at the same time', () => {
  test('a hundred burns on a balance that covers fifty: fifty succeed, fifty are refused with what is available', async () => {
    const wallet = await merchant.enroll();
    await earn(platform, merchant.cashier, { walletId: wallet.id, points: 500 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => burn(platform, merchant.cashier, { walletId: wallet.id, points: 10 })),
    );

    const successes = answers.filter((answer) => answer.__typename === 'BurnPointsSuccess').map(posted);
    const refusals = answers.filter((answer) => answer.__typename === 'LedgerInsufficientBalance');
    expect([successes.length, refusals.length]).toEqual([50, 50]);
    expect(refusals.every((refusal) => 'available' in refusal && refusal.available === '0')).toBe(true);
    // Each success saw a balance of its own: nothing was taken twice from the same state.
    const balancesSeen = successes.map(availableOf).toSorted((a, b) => b - a);
    expect(balancesSeen).toEqual(Array.from({ length: 50 }, (_, index) => 490 - index * 10));
    expect(await readWallet(platform, wallet.token, wallet.id)).toMatchObject({ version: '51' });
    await expectBooksInBalance(platform, merchant);
  });

  test('earning, spending and undoing on the same wallets leaves the books in balance', async () => {
    const wallets = await Promise.all(Array.from({ length: 5 }, () => merchant.enroll()));
    const expected = new Map(wallets.map(({ id }) => [id, 0]));
    const add = (id: string, points: number) => expected.set(id, (expected.get(id) ?? 0) + points);

    await inFlight(300, 32, async (index) => {
      const { id: walletId } = wallets[index % wallets.length]!;
      if (index % 3 === 2) {
        const answer = await burn(platform, merchant.cashier, { walletId, points: 4 });
        if (answer.__typename === 'BurnPointsSuccess') add(walletId, -4);
        return;
      }
      const answer = posted(await earn(platform, merchant.cashier, { walletId, points: 3 }));
      add(walletId, 3);
      if (index % 10 === 0 && (await reverse(answer.transaction.id)).__typename === 'ReverseTransactionSuccess') {
        add(walletId, -3);
      }
    });

    for (const wallet of wallets) {
      const read = await readWallet(platform, wallet.token, wallet.id);
      expect(availableOf(read!)).toBe(expected.get(wallet.id));
    }
    await expectBooksInBalance(platform, merchant);
  });

  test('a transaction undone by many at once is undone once', async () => {
    const wallet = await merchant.enroll();
    await earn(platform, merchant.cashier, { walletId: wallet.id, points: 100 });
    const { transaction } = posted(await earn(platform, merchant.cashier, { walletId: wallet.id, points: 10 }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => reverse(transaction.id)));
    expect(answers.filter(({ __typename }) => __typename === 'ReverseTransactionSuccess')).toHaveLength(1);
    expect(availableOf((await readWallet(platform, wallet.token, wallet.id))!)).toBe(100);
  });
});
