import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMerchant, type TestMerchant } from './platform/merchants.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import { availableOf, burn, earn, newKey, posted, readWallet } from './platform/till.ts';

let platform: Platform;
let merchant: TestMerchant;

beforeAll(async () => {
  platform = await startPlatform();
  merchant = await addMerchant(platform);
});
afterAll(() => platform?.stop());

describe('an idempotency key', () => {
  test('used again returns the first result and says so', async () => {
    const wallet = await merchant.enroll();
    const request = { walletId: wallet.id, points: 5, idempotencyKey: newKey() };
    const first = posted(await earn(platform, merchant.cashier, request));
    await earn(platform, merchant.cashier, { walletId: wallet.id, points: 3 });
    const second = posted(await earn(platform, merchant.cashier, request));

    expect(first.isReplay).toBe(false);
    expect(second).toMatchObject({
      isReplay: true,
      transaction: first.transaction,
      version: first.version,
      balances: first.balances,
    });
    expect(availableOf((await readWallet(platform, wallet.token, wallet.id))!)).toBe(8);
  });

  test('sent fifty times at once makes one transaction and forty-nine replays', async () => {
    const wallet = await merchant.enroll();
    const request = { walletId: wallet.id, points: 5, idempotencyKey: newKey() };
    const answers = (
      await Promise.all(Array.from({ length: 50 }, () => earn(platform, merchant.cashier, request)))
    ).map(posted);

    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
    expect(answers.filter(({ isReplay }) => isReplay)).toHaveLength(49);
    expect(new Set(answers.map(({ transaction }) => transaction.id)).size).toBe(1);
    expect(await readWallet(platform, wallet.token, wallet.id)).toMatchObject({ version: '1' });
  });

  test('used with other input, or for another command, is refused and changes nothing', async () => {
    const wallet = await merchant.enroll();
    const idempotencyKey = newKey();
    await earn(platform, merchant.cashier, { walletId: wallet.id, points: 5, idempotencyKey });
    const other = await earn(platform, merchant.cashier, { walletId: wallet.id, points: 6, idempotencyKey });
    const otherCommand = await burn(platform, merchant.cashier, { walletId: wallet.id, points: 5, idempotencyKey });

    expect(other).toMatchObject({ __typename: 'LedgerIdempotencyKeyReused' });
    expect(otherCommand).toMatchObject({ __typename: 'LedgerIdempotencyKeyReused' });
    expect(await readWallet(platform, wallet.token, wallet.id)).toMatchObject({ version: '1' });
  });

  test('of a refused attempt is free again', async () => {
    const wallet = await merchant.enroll();
    const idempotencyKey = newKey();
    const refused = await burn(platform, merchant.cashier, { walletId: wallet.id, points: 5, idempotencyKey });
    expect(refused).toMatchObject({ __typename: 'LedgerInsufficientBalance', available: '0' });

    await earn(platform, merchant.cashier, { walletId: wallet.id, points: 5 });
    const carriedOut = posted(
      await burn(platform, merchant.cashier, { walletId: wallet.id, points: 5, idempotencyKey }),
    );
    expect(carriedOut).toMatchObject({ isReplay: false, version: '2' });
  });

  test("is the merchant's own: another merchant may use the same", async () => {
    const other = await addMerchant(platform);
    const [here, there] = await Promise.all([merchant.enroll(), other.enroll()]);
    const idempotencyKey = newKey();
    const first = posted(await earn(platform, merchant.cashier, { walletId: here.id, points: 5, idempotencyKey }));
    const second = posted(await earn(platform, other.cashier, { walletId: there.id, points: 9, idempotencyKey }));
    expect(first.isReplay || second.isReplay).toBe(false);
    expect(first.transaction.id).not.toBe(second.transaction.id);
  });
});
