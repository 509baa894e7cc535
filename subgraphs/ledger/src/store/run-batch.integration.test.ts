import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, reversing } from '../../test/requests.ts';
import { postBatch } from './post-batch.ts';

const int64Max = 9_223_372_036_854_775_807n;

let house: LedgerHouse;
let merchant: HouseMerchant;

beforeAll(async () => {
  house = openLedgerHouse(await createTestDatabase());
});

beforeEach(async () => {
  merchant = await house.addMerchant();
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

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

    const [outcome] = await postBatch(house.pool, [request]);

    const asset = { code: merchant.pointAssetCode, scale: 0 };
    expect(outcome).toEqual({
      status: 'POSTED',
      change: {
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
      },
    });
  });

  test('replays the first result under its key, also when other things happened since', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const first = await earn(10n);
    const [posted] = await postBatch(house.pool, [first]);
    await postBatch(house.pool, [await burn(4n)]);

    const again = await earn(10n, { key: first.key });
    const [replayed] = await postBatch(house.pool, [again]);

    expect(replayed).toEqual({ ...posted, status: 'REPLAYED' });
    expect(await house.stateOf(holderId)).toEqual({ version: 2n, balance: 6n });
  });

  test('whose answer was lost finds its own work and is not called a replay', async () => {
    const { holderId } = await house.openWallet(merchant);
    const request = await house.earning(holderId, 10n);
    const [posted] = await postBatch(house.pool, [request]);
    const [again] = await postBatch(house.pool, [request]);
    expect(again).toEqual(posted);
    expect(posted?.status).toBe('POSTED');
  });

  test('is refused under a key that belongs to other input', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const first = await earn(10n);
    await postBatch(house.pool, [first]);
    const other = await earn(11n, { key: first.key, inputHash: Buffer.alloc(32, 2) });
    expect(await postBatch(house.pool, [other])).toEqual([{ status: 'KEY_REUSED' }]);
  });

  test('that is refused leaves its key free', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const refused = await burn(5n);
    expect(await postBatch(house.pool, [refused])).toEqual([{ status: 'INSUFFICIENT', available: 0n }]);
    await postBatch(house.pool, [await earn(5n)]);
    expect(await postBatch(house.pool, [refused])).toMatchObject([{ status: 'POSTED' }]);
  });

  test('never takes more than the balance, and says what can be taken', async () => {
    const { holderId } = await house.openWallet(merchant, 7n);
    const { burn } = await requests(holderId);
    expect(await postBatch(house.pool, [await burn(8n)])).toEqual([{ status: 'INSUFFICIENT', available: 7n }]);
    expect(await postBatch(house.pool, [await burn(7n)])).toMatchObject([{ status: 'POSTED' }]);
  });

  test.each(['DRAFT', 'SUSPENDED'] as const)(
    'is refused from the moment that its merchant is known to be %s',
    async (status) => {
      const { holderId } = await house.openWallet(merchant, 7n);
      const { merchantId, storeIds } = merchant;
      const { earn, burn } = await requests(holderId);
      await house.hear({ merchantId, storeIds, status, version: 2n });
      const outcomes = await postBatch(house.pool, [await earn(1n), await burn(1n)]);
      expect(outcomes).toEqual([{ status: 'NOT_LIVE' }, { status: 'NOT_LIVE' }]);
    },
  );

  test('of a merchant that nothing was heard of is refused', async () => {
    const unheard = { ...merchant, merchantId: '01900000-0000-7000-8000-000000000001' };
    const { holderId } = await house.openWallet(unheard);
    expect(await postBatch(house.pool, [await house.earning(holderId, 1n)])).toEqual([{ status: 'NOT_LIVE' }]);
  });

  test('that was posted while the merchant was live is replayed after its suspension', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { merchantId, storeIds } = merchant;
    const { earn } = await requests(holderId);
    const first = await earn(3n);
    await postBatch(house.pool, [first]);
    await house.hear({ merchantId, storeIds, status: 'SUSPENDED', version: 2n });
    expect(await postBatch(house.pool, [await earn(3n, { key: first.key })])).toMatchObject([{ status: 'REPLAYED' }]);
  });

  test('reverses a transaction once', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const earned = await earn(9n);
    await postBatch(house.pool, [earned]);
    const undo = () => earn(1n, reversing(earned.transactionId, earned.postings));
    expect(await postBatch(house.pool, [await undo()])).toMatchObject([{ status: 'POSTED', change: { version: 2n } }]);
    expect(await postBatch(house.pool, [await undo()])).toEqual([{ status: 'ALREADY_REVERSED' }]);
    expect(await house.stateOf(holderId)).toEqual({ version: 2n, balance: 0n });
  });

  test('keeps 64 bits exactly, and refuses what would leave them', async () => {
    const { holderId, wallet } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const outcomes = [
      ...(await postBatch(house.pool, [await earn(int64Max)])),
      ...(await postBatch(house.pool, [await earn(1n)])),
      ...(await postBatch(house.pool, [await burn(int64Max)])),
    ];
    const posted = (balance: bigint) => ({ status: 'POSTED', change: { balances: [{ posted: balance }] } });
    expect(outcomes).toMatchObject([posted(int64Max), { status: 'OUT_OF_RANGE' }, posted(0n)]);
    const { rows } = await house.pool.query('SELECT value FROM outbox WHERE key = $1 ORDER BY position', [wallet]);
    expect(rows.map(({ value }) => value.deltas[0].posted)).toEqual([`${int64Max}`, `-${int64Max}`]);
  });
});

describe('a batch', () => {
  test('gives each request its own version and the balances after that very request', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const batch = [await earn(5n), await earn(3n), await burn(2n)];
    const outcomes = await postBatch(house.pool, batch);
    expect(outcomes).toMatchObject([
      { change: { version: 1n, balances: [{ posted: 5n }] } },
      { change: { version: 2n, balances: [{ posted: 8n }] } },
      { change: { version: 3n, balances: [{ posted: 6n }] } },
    ]);
  });

  test('decides each request on what those before it left', async () => {
    const { holderId } = await house.openWallet(merchant, 5n);
    const { earn, burn } = await requests(holderId);
    const batch = [await burn(4n), await burn(4n), await earn(10n), await burn(4n), await burn(8n)];
    expect(await postBatch(house.pool, batch)).toMatchObject([
      { status: 'POSTED', change: { version: 2n } },
      { status: 'INSUFFICIENT', available: 1n },
      { status: 'POSTED', change: { version: 3n } },
      { status: 'POSTED', change: { version: 4n } },
      { status: 'INSUFFICIENT', available: 7n },
    ]);
  });

  test('posts a key that it holds twice once', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const key = 'twice';
    const other = await earn(6n, { key, inputHash: Buffer.alloc(32, 9) });
    const outcomes = await postBatch(house.pool, [await earn(5n, { key }), await earn(5n, { key }), other]);
    expect(outcomes.map(({ status }) => status)).toEqual(['POSTED', 'REPLAYED', 'KEY_REUSED']);
    expect(outcomes[1]).toEqual({ ...outcomes[0], status: 'REPLAYED' });
  });

  test('tries a key again whose first request in it was refused', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn, burn } = await requests(holderId);
    const key = 'again';
    const outcomes = await postBatch(house.pool, [await burn(5n, { key }), await earn(5n), await burn(5n, { key })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['INSUFFICIENT', 'POSTED', 'POSTED']);
  });

  test('reverses a transaction that two of its requests undo once', async () => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const earned = await earn(9n);
    await postBatch(house.pool, [earned]);
    const undo = () => earn(1n, reversing(earned.transactionId, earned.postings));
    const outcomes = await postBatch(house.pool, [await undo(), await undo()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['POSTED', 'ALREADY_REVERSED']);
  });

  test('writes the event as its contract has it', async () => {
    const { holderId, wallet, consumer } = await house.openWallet(merchant);
    const occurredAt = new Date('2026-03-01T09:30:00.120Z');
    const request = await house.earning(holderId, 4n, { occurredAt, storeId: merchant.storeIds[1] });
    await postBatch(house.pool, [request]);
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

  test.each([
    ['an unknown account', { creditAccountId: '01900000-0000-7000-8000-000000000001' }, '23503'],
    ['an amount of zero', { amount: 0n }, '23514'],
    ['an amount below zero', { amount: -1n }, '23514'],
  ])('with a posting of %s is refused as a whole', async (_name, fault, code) => {
    const { holderId } = await house.openWallet(merchant);
    const { earn } = await requests(holderId);
    const good = await earn(1n);
    const bad = await earn(1n, { postings: good.postings.map((posting) => ({ ...posting, ...fault })) });
    await expect(postBatch(house.pool, [good, bad])).rejects.toMatchObject({ code });
    expect(await house.stateOf(holderId)).toEqual({ version: 0n, balance: 0n });
  });

  test("with a posting to another holder's account, or without one, is refused as a whole", async () => {
    const own = await house.openWallet(merchant, 5n);
    const other = await house.openWallet(merchant, 5n);
    const { burn } = await requests(own.holderId);
    const theft = await burn(1n, burning(await house.holder(other.holderId), 1n));
    await expect(postBatch(house.pool, [theft])).rejects.toMatchObject({ code: '23503' });
    await expect(postBatch(house.pool, [await burn(1n, { postings: [] })])).rejects.toMatchObject({ code: '23514' });
  });
});
