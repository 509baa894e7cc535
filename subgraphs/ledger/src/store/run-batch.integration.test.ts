import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, reversing } from '../../test/requests.ts';
import type { BalanceChange } from '../domain/balance-change.ts';
import type { Decision } from '../domain/engine/decide.ts';

let house: LedgerHouse;
let merchant: HouseMerchant;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

beforeEach(async () => {
  merchant = await house.addMerchant();
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

/** What the first transaction of a decision did to its holder. */
function changeOf(decision: Decision | undefined): BalanceChange | undefined {
  return decision?.status === 'DONE' ? decision.transactions[0]?.changes[0] : undefined;
}

async function requests(holderId: string) {
  const holder = await house.holder(holderId);
  return {
    earn: (points: bigint, more = {}) => house.earning(holderId, points, more),
    burn: (points: bigint, more = {}) => house.earning(holderId, 1n, { ...burning(holder, points), ...more }),
  };
}

describe('one request', () => {
  test('is answered with the version and all balances that its commit led to', async () => {
    const { holderId, consumerId } = await house.openWallet(merchant);
    const request = await house.earning(holderId, 12n, { storeId: merchant.storeIds[0] });

    const [outcome] = await house.run([request]);

    const asset = { code: merchant.pointAssetCode, scale: 0 };
    expect(outcome).toMatchObject({ status: 'DONE', transactions: [{ changes: { length: 1 } }] });
    expect(changeOf(outcome)).toEqual({
      holderId,
      merchantId: merchant.merchantId,
      programId: merchant.programId,
      consumerId,
      storeId: merchant.storeIds[0],
      transactionId: request.transactionId,
      kind: 'EARN',
      version: 1n,
      deltas: [{ asset, posted: 12n }],
      balances: [{ asset, posted: 12n, pending: 0n, held: 0n }],
      occurredAt: request.occurredAt,
      recordedAt: expect.any(Date),
    });
  });

  test('names the transactions of the first use of its key, also when other things happened since', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const first = await earn(10n);
    await house.run([first]);
    await house.run([await burn(4n)]);

    const again = await earn(10n, { key: first.key });
    const [replayed] = await house.run([again]);

    expect(replayed).toEqual({ status: 'REPLAYED', transactionIds: [first.transactionId] });
    expect(await house.stateOf(holderId)).toMatchObject({ version: 2n, available: 6n });
  });

  test('whose answer was lost finds its own work and moves nothing twice', async () => {
    const { holderId } = await house.openWallet(merchant);
    const request = await house.earning(holderId, 10n);
    await house.run([request]);
    expect(await house.run([request])).toEqual([{ status: 'REPLAYED', transactionIds: [request.transactionId] }]);
    expect(await house.stateOf(holderId)).toMatchObject({ version: 1n, available: 10n });
  });

  test("is refused under a key that another holder's request has used", async () => {
    const [left, right] = [await house.openWallet(merchant), await house.openWallet(merchant)];
    const first = await house.earning(left.holderId, 1n);
    await house.run([first]);
    const other = await house.earning(right.holderId, 1n, { key: first.key });
    expect(await house.run([other])).toEqual([{ status: 'KEY_REUSED' }]);
  });

  test('is refused under a key that belongs to other input', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const first = await earn(10n);
    await house.run([first]);
    const other = await earn(11n, { key: first.key, inputHash: Buffer.alloc(32, 2) });
    expect(await house.run([other])).toEqual([{ status: 'KEY_REUSED' }]);
  });

  test('that is refused leaves its key free', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const refused = await burn(5n);
    expect(await house.run([refused])).toEqual([{ status: 'INSUFFICIENT', available: 0n }]);
    await house.run([await earn(5n)]);
    expect(await house.run([refused])).toMatchObject([{ status: 'DONE' }]);
  });

  test('never takes more than the balance, and says what can be taken', async () => {
    const { holderId } = await house.openWallet(merchant, 7n);
    const { burn } = await requests(holderId);
    expect(await house.run([await burn(8n)])).toEqual([{ status: 'INSUFFICIENT', available: 7n }]);
    expect(await house.run([await burn(7n)])).toMatchObject([{ status: 'DONE' }]);
  });

  test.each(['DRAFT', 'SUSPENDED'] as const)(
    'is refused from the moment that its merchant is known to be %s',
    async (status) => {
      const { holderId } = await house.openWallet(merchant, 7n);
      const { merchantId, storeIds } = merchant;
      const { earn, burn } = await requests(holderId);
      await house.hear({ merchantId, storeIds, status, version: 2n });
      const outcomes = await house.run([await earn(1n), await burn(1n)]);
      expect(outcomes).toEqual([{ status: 'NOT_LIVE' }, { status: 'NOT_LIVE' }]);
    },
  );

  test('of a merchant that nothing was heard of is refused', async () => {
    const unheard = { ...merchant, merchantId: '01900000-0000-7000-8000-000000000001' };
    const { holderId } = await house.openWallet(unheard);
    expect(await house.run([await house.earning(holderId, 1n)])).toEqual([{ status: 'NOT_LIVE' }]);
  });

  test('that was posted while the merchant was live is replayed after its suspension', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { merchantId, storeIds } = merchant;
    const { earn } = await requests(holderId);
    const first = await earn(3n);
    await house.run([first]);
    await house.hear({ merchantId, storeIds, status: 'SUSPENDED', version: 2n });
    expect(await house.run([await earn(3n, { key: first.key })])).toMatchObject([{ status: 'REPLAYED' }]);
  });

  test('reverses a transaction once', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const earned = await earn(9n);
    await house.run([earned]);
    const undo = () => earn(1n, reversing(earned.transactionId));
    expect(await house.run([await undo()])).toMatchObject([{ status: 'DONE', transactions: [{ holderVersion: 2n }] }]);
    expect(await house.run([await undo()])).toEqual([{ status: 'ALREADY_REVERSED' }]);
    expect(await house.stateOf(holderId)).toMatchObject({ version: 2n, available: 0n });
  });
});

describe('a batch', () => {
  test('gives each request its own version and the balances after that very request', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const batch = [await earn(5n), await earn(3n), await burn(2n)];
    const outcomes = await house.run(batch);
    expect(outcomes.map(changeOf)).toMatchObject([
      { version: 1n, balances: [{ posted: 5n }] },
      { version: 2n, balances: [{ posted: 8n }] },
      { version: 3n, balances: [{ posted: 6n }] },
    ]);
  });

  test('decides each request on what those before it left', async () => {
    const { holderId } = await house.openWallet(merchant, 5n);
    const { earn, burn } = await requests(holderId);
    const batch = [await burn(4n), await burn(4n), await earn(10n), await burn(4n), await burn(8n)];
    expect(await house.run(batch)).toMatchObject([
      { status: 'DONE', transactions: [{ holderVersion: 2n }] },
      { status: 'INSUFFICIENT', available: 1n },
      { status: 'DONE', transactions: [{ holderVersion: 3n }] },
      { status: 'DONE', transactions: [{ holderVersion: 4n }] },
      { status: 'INSUFFICIENT', available: 7n },
    ]);
  });

  test('posts a key that it holds twice once', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const key = 'twice';
    const other = await earn(6n, { key, inputHash: Buffer.alloc(32, 9) });
    const first = await earn(5n, { key });
    const outcomes = await house.run([first, await earn(5n, { key }), other]);
    expect(outcomes.map(({ status }) => status)).toEqual(['DONE', 'REPLAYED', 'KEY_REUSED']);
    expect(outcomes[1]).toEqual({ status: 'REPLAYED', transactionIds: [first.transactionId] });
  });

  test('tries a key again whose first request in it was refused', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const key = 'again';
    const outcomes = await house.run([await burn(5n, { key }), await earn(5n), await burn(5n, { key })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['INSUFFICIENT', 'DONE', 'DONE']);
  });

  test('reverses a transaction that two of its requests undo once', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const earned = await earn(9n);
    await house.run([earned]);
    const undo = () => earn(1n, reversing(earned.transactionId));
    const outcomes = await house.run([await undo(), await undo()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['DONE', 'ALREADY_REVERSED']);
  });

  test('writes the event as its contract has it', async () => {
    const { holderId, wallet, consumer } = await house.openWallet(merchant);
    const occurredAt = new Date('2026-03-01T09:30:00.120Z');
    const request = await house.earning(holderId, 4n, { occurredAt, storeId: merchant.storeIds[1] });
    await house.run([request]);
    const { rows } = await house.pool.query('SELECT topic, key, aggregate_version, value FROM outbox WHERE key = $1', [
      wallet,
    ]);
    expect(rows).toMatchObject([
      {
        topic: 'localplus.ledger.balance-changed.v1',
        key: wallet,
        aggregate_version: 1n,
        value: {
          holderId: wallet,
          merchantId: merchant.merchant,
          consumerId: consumer,
          storeId: merchant.stores[1],
          transactionId: expect.stringMatching(/^trx_/),
          kind: 'EARN',
          version: '1',
          deltas: [{ asset: { code: merchant.pointAssetCode, scale: 0 }, posted: '4' }],
          balances: [{ posted: '4', pending: '0', held: '0', available: '4' }],
          occurredAt: '2026-03-01T09:30:00.120Z',
          recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        },
      },
    ]);
  });

  test('with a request that PostgreSQL will not have is refused as a whole', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const batch = [await earn(1n), await earn(1n, { reference: 'no such reference!' })];
    await expect(house.run(batch)).rejects.toMatchObject({ code: '23514', constraint: 'transaction_reference_form' });
    expect(await house.stateOf(holderId)).toMatchObject({ version: 0n, available: 0n });
  });

  test.each([
    ['zero', 0n],
    ['less', -1n],
  ])('that moves %s is refused as a whole', async (_what, points) => {
    const { holderId } = await house.openWallet(merchant, 5n);
    const { earn, burn } = await requests(holderId);
    await expect(house.run([await earn(1n), await earn(points)])).rejects.toThrow('above zero');
    await expect(house.run([await earn(1n), await burn(points)])).rejects.toThrow('above zero');
    expect(await house.stateOf(holderId)).toMatchObject({ version: 1n, available: 5n });
  });

  test('that names a holder who is not there is refused as a whole', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const nobody = { ...(await house.holder(holderId)), id: '01900000-0000-7000-8000-000000000001' };
    await expect(house.run([await earn(1n), await earn(1n, { holder: nobody })])).rejects.toMatchObject({
      code: '23503',
    });
    expect(await house.stateOf(holderId)).toMatchObject({ version: 0n });
  });

  test('that is all or nothing is written only when every request in it is accepted', async () => {
    const { holderId } = await house.openWallet(merchant, 5n);
    const { burn } = await requests(holderId);
    const group = [await burn(3n), await burn(3n)];
    expect(await house.run(group, { isAtomic: true })).toMatchObject([{ status: 'DONE' }, { status: 'INSUFFICIENT' }]);
    expect(await house.stateOf(holderId)).toMatchObject({ version: 1n, available: 5n });
    expect(await house.run(group.slice(0, 1), { isAtomic: true })).toMatchObject([{ status: 'DONE' }]);
    expect(await house.stateOf(holderId)).toMatchObject({ version: 2n, available: 2n });
  });

  test('that is only tried says what it would come to and writes nothing', async () => {
    const { holderId } = await house.openWallet(merchant, 5n);
    const { burn } = await requests(holderId);
    const request = await burn(3n);
    const [tried] = await house.run([request], { isDryRun: true });
    expect(changeOf(tried)).toMatchObject({ version: 2n, balances: [{ posted: 2n }] });
    expect(await house.stateOf(holderId)).toMatchObject({ version: 1n, available: 5n });
    expect(await house.run([request])).toMatchObject([{ status: 'DONE' }]);
  });
});
