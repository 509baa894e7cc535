import { fromUuid, newId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { findFaults } from '../../test/invariants.ts';
import {
  type HouseMerchant,
  type HouseWallet,
  type LedgerHouse,
  newKey,
  openLedgerHouse,
  terms,
} from '../../test/ledger-house.ts';
import { Forbidden } from '../domain/failures.ts';
import { type BurnPoints, burnPoints } from './burn-points.ts';
import { type EarnPoints, earnPoints } from './earn-points.ts';
import { type ReverseTransaction, reverseTransaction } from './reverse-transaction.ts';

const hourMs = 3_600_000;

let house: LedgerHouse;
let merchant: HouseMerchant;
let wallet: HouseWallet;
let owner: Caller;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

beforeEach(async () => {
  merchant = await house.addMerchant();
  wallet = await house.openWallet(merchant);
  owner = staffOf(merchant.merchant);
  house.now = null;
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

const euros = (amount: number | bigint) => ({ amountMinor: BigInt(amount) * 100n, currency: 'EUR' });

function earn(more: Partial<EarnPoints> = {}, caller = owner) {
  const input = { idempotencyKey: newKey(), walletId: wallet.wallet, purchase: euros(12), ...more };
  return earnPoints(house.commands, input, caller);
}

function burn(more: Partial<BurnPoints> = {}, caller = owner) {
  return burnPoints(house.commands, { idempotencyKey: newKey(), walletId: wallet.wallet, points: 5n, ...more }, caller);
}

function reverse(more: Partial<ReverseTransaction> = {}, caller = owner) {
  const input = { idempotencyKey: newKey(), transactionId: 'trx_none', reason: 'wrong-customer', ...more };
  return reverseTransaction(house.commands, input, caller);
}

/** The `trx_…` of what a command posted. */
async function posted(result: ReturnType<typeof earn> | ReturnType<typeof burn> | ReturnType<typeof reverse>) {
  const outcome = await result;
  if ('code' in outcome) throw new Error(`Refused: ${outcome.code}`);
  return fromUuid('trx', outcome.change.transactionId);
}

const suspend = ({ merchantId, storeIds }: HouseMerchant) =>
  house.hear({ merchantId, storeIds, status: 'SUSPENDED', version: 2n });

describe('earning', () => {
  test('grants points by the terms, and answers with the balances of its commit', async () => {
    expect(await earn({ purchase: euros(12) })).toMatchObject({
      change: { kind: 'EARN', version: 1n, deltas: [{ posted: 12n }], balances: [{ posted: 12n }] },
      isReplay: false,
      balanceState: 'CURRENT',
    });
  });

  test.each([
    ['a cashier', () => staffOf(merchant.merchant, 'cashier'), 'staff'],
    ['a partner with points:earn', () => partnerOf(merchant.merchant, ['points:earn']), 'partner'],
    ['a platform operator', operator, 'operator'],
  ])('%s may grant them, and stands in the journal', async (_who, caller, kind) => {
    const result = await earn({}, caller());
    expect(result).toMatchObject({ isReplay: false });
    const { rows } = await house.pool.query('SELECT actor_kind FROM transaction WHERE holder_id = $1', [
      wallet.holderId,
    ]);
    expect(rows).toEqual([{ actor_kind: kind }]);
  });

  test.each([-1n, 0n, 100_000_001n, 10n ** 30n])('an amount of %i is refused with the bounds', async (amountMinor) => {
    expect(await earn({ purchase: { amountMinor, currency: 'EUR' } })).toMatchObject({
      code: 'LedgerInvalidAmount',
      minimum: 1n,
      maximum: 100_000_000n,
    });
  });

  test('a purchase that would earn more than a transaction may move is refused with the largest that may', async () => {
    const generous = await house.addMerchant([{ ...terms, points: 1_000n, perAmountMinor: 1n }]);
    const { wallet: walletId } = await house.openWallet(generous);
    const by = staffOf(generous.merchant);
    const refusal = await earn({ walletId, purchase: { amountMinor: 100_000_000n, currency: 'EUR' } }, by);
    expect(refusal).toMatchObject({ code: 'LedgerInvalidAmount', maximum: 1_000_000n });
    expect(await earn({ walletId, purchase: { amountMinor: 1_000_000n, currency: 'EUR' } }, by)).toHaveProperty(
      'change',
    );
  });

  test("another currency than the program's is refused", async () => {
    const refusal = await earn({ purchase: { amountMinor: 100n, currency: 'USD' } });
    expect(refusal).toMatchObject({ code: 'LedgerCurrencyMismatch', expectedCurrency: 'EUR' });
  });

  test('a purchase that earns no point is refused with the smallest that does', async () => {
    expect(await earn({ purchase: { amountMinor: 99n, currency: 'EUR' } })).toMatchObject({
      code: 'LedgerNoPointsEarned',
      minimumPurchaseMinor: 100n,
    });
    const strict = await house.addMerchant([{ ...terms, minimumPurchaseMinor: 1_000n }]);
    const { wallet: walletId } = await house.openWallet(strict);
    expect(await earn({ walletId, purchase: euros(9) }, staffOf(strict.merchant))).toMatchObject({
      code: 'LedgerNoPointsEarned',
      minimumPurchaseMinor: 1_000n,
    });
  });

  test.each([
    ['malformed', () => 'wal_nonsense'],
    ['of nobody', () => newId('wal')],
    ['of a transaction', () => newId('trx')],
  ])('a wallet that is %s is unknown', async (_what, walletId) => {
    expect(await earn({ walletId: walletId() })).toMatchObject({ code: 'LedgerUnknownHolder' });
  });

  test("another merchant's wallet is as unknown as none", async () => {
    const stranger = staffOf((await house.addMerchant()).merchant);
    const [foreign, absent] = [await earn({}, stranger), await earn({ walletId: newId('wal') }, stranger)];
    expect(foreign).toEqual(absent);
    expect(foreign).toMatchObject({ code: 'LedgerUnknownHolder' });
  });

  test.each([
    ['a consumer', () => consumer(wallet.consumer)],
    ['a stranger', () => person()],
    ['a partner without the scope', () => partnerOf(merchant.merchant, ['points:burn', 'wallets:read'])],
  ])('%s may not', async (_who, caller) => {
    await expect(earn({}, caller())).rejects.toThrow(Forbidden);
  });

  test('a store must be one of the merchant', async () => {
    const other = await house.addMerchant();
    expect(await earn({ storeId: merchant.stores[0] })).toMatchObject({ change: { storeId: merchant.storeIds[0] } });
    for (const storeId of [other.stores[0], 'sto_nonsense', newId('sto')]) {
      expect(await earn({ storeId })).toMatchObject({ code: 'LedgerUnknownStore' });
    }
  });

  test('staff who work in one store may name that one only', async () => {
    const cashier = staffOf(merchant.merchant, 'cashier', [merchant.stores[0] ?? '']);
    expect(await earn({ storeId: merchant.stores[0] }, cashier)).toHaveProperty('change');
    expect(await earn({ storeId: merchant.stores[1] }, cashier)).toMatchObject({ code: 'LedgerUnknownStore' });
    expect(await earn({}, cashier)).toHaveProperty('change');
  });

  test('a suspended merchant grants nothing, from the moment that the ledger knows', async () => {
    expect(await earn()).toHaveProperty('change');
    await suspend(merchant);
    expect(await earn()).toMatchObject({ code: 'LedgerMerchantNotLive' });
  });

  test('a program that nobody knows grants nothing', async () => {
    const unheard = await house.openWallet({ ...merchant, programId: '01900000-0000-7000-8000-000000000001' });
    expect(await earn({ walletId: unheard.wallet })).toMatchObject({ code: 'LedgerMerchantNotLive' });
  });

  test('a purchase is rated by the terms in force when it occurred', async () => {
    const now = new Date('2026-03-01T12:00:00Z');
    const better = { ...terms, version: 2, startsAt: new Date('2026-03-01T11:00:00Z'), points: 3n };
    const changing = await house.addMerchant([terms, better]);
    const { wallet: walletId } = await house.openWallet(changing);
    house.now = now;
    const by = staffOf(changing.merchant);
    const before = await earn({ walletId, purchase: euros(10), occurredAt: new Date('2026-03-01T10:59:59.999Z') }, by);
    const after = await earn({ walletId, purchase: euros(10), occurredAt: new Date('2026-03-01T11:00:00Z') }, by);
    const unsaid = await earn({ walletId, purchase: euros(10) }, by);
    expect([before, after, unsaid]).toMatchObject([
      { change: { deltas: [{ posted: 10n }] } },
      { change: { deltas: [{ posted: 30n }] } },
      { change: { deltas: [{ posted: 30n }], occurredAt: now } },
    ]);
  });

  test('what is too long ago or ahead is refused with the bounds; operators may import', async () => {
    const now = new Date('2026-03-01T12:00:00Z');
    house.now = now;
    const bounds = { earliest: new Date('2026-02-26T12:00:00Z'), latest: new Date('2026-03-01T12:01:00Z') };
    const old = new Date(now.getTime() - 73 * hourMs);
    expect(await earn({ occurredAt: old })).toMatchObject({ code: 'LedgerInvalidTime', ...bounds });
    expect(await earn({ occurredAt: new Date(now.getTime() + 61_000) })).toMatchObject({ code: 'LedgerInvalidTime' });
    expect(await earn({ occurredAt: old }, operator())).toMatchObject({ change: { occurredAt: old } });
    expect(await earn({ occurredAt: new Date(now.getTime() + 61_000) }, operator())).toMatchObject({
      code: 'LedgerInvalidTime',
      earliest: undefined,
    });
  });

  test('a reference out of its form is refused, one in its form is kept', async () => {
    expect(await earn({ reference: 'Jean Dupont' })).toMatchObject({ code: 'LedgerInvalidReference' });
    await earn({ reference: 'receipt/17' });
    const { rows } = await house.pool.query('SELECT reference FROM transaction WHERE holder_id = $1', [
      wallet.holderId,
    ]);
    expect(rows).toEqual([{ reference: 'receipt/17' }]);
  });
});

describe('one key', () => {
  test('answers the first result to the same input', async () => {
    const input = { idempotencyKey: newKey(), reference: 'r-1', occurredAt: new Date() };
    const first = await earn(input);
    await earn();
    expect(await earn(input)).toEqual({ ...first, isReplay: true });
  });

  test.each([
    ['amount', { purchase: euros(13) }],
    ['reference', { reference: 'other' }],
    ['store', () => ({ storeId: merchant.stores[0] })],
    ['time', { occurredAt: new Date() }],
  ])('is refused with another %s', async (_what, other) => {
    const idempotencyKey = newKey();
    await earn({ idempotencyKey });
    const more = typeof other === 'function' ? other() : other;
    expect(await earn({ idempotencyKey, ...more })).toMatchObject({ code: 'LedgerIdempotencyKeyReused' });
  });

  test('serves one command of a merchant, whichever it is and whoever gives it', async () => {
    const idempotencyKey = newKey();
    await earn({ idempotencyKey });
    const partner = partnerOf(merchant.merchant, ['points:burn']);
    expect(await burn({ idempotencyKey }, partner)).toMatchObject({ code: 'LedgerIdempotencyKeyReused' });
  });

  test("does not meet another merchant's", async () => {
    const other = await house.addMerchant();
    const { wallet: walletId } = await house.openWallet(other);
    const idempotencyKey = newKey();
    await earn({ idempotencyKey });
    expect(await earn({ idempotencyKey, walletId }, staffOf(other.merchant))).toMatchObject({ isReplay: false });
  });

  test('is left free by a refusal', async () => {
    const idempotencyKey = newKey();
    expect(await burn({ idempotencyKey })).toMatchObject({ code: 'LedgerInsufficientBalance' });
    await earn();
    expect(await burn({ idempotencyKey })).toMatchObject({ isReplay: false });
  });

  test('of a till that asks again after days gets the first answer, and other input under it is told apart', async () => {
    const occurredAt = new Date('2026-03-01T12:00:00Z');
    house.now = occurredAt;
    const input = { idempotencyKey: newKey(), occurredAt };
    const first = await earn(input);
    house.now = new Date(occurredAt.getTime() + 100 * hourMs);
    house.told.length = 0;
    expect(await earn(input)).toEqual({ ...first, isReplay: true });
    expect(house.told).toHaveLength(1);
    expect(await earn({ ...input, reference: 'other' })).toMatchObject({ code: 'LedgerIdempotencyKeyReused' });
    expect(await earn({ ...input, idempotencyKey: newKey() })).toMatchObject({ code: 'LedgerInvalidTime' });
  });
});

describe('burning', () => {
  test('takes points, never more than there are', async () => {
    await earn();
    expect(await burn({ points: 13n })).toMatchObject({ code: 'LedgerInsufficientBalance', available: 12n });
    expect(await burn({ points: 12n, storeId: merchant.stores[1], reference: 'r-2' })).toMatchObject({
      change: { kind: 'BURN', storeId: merchant.storeIds[1], deltas: [{ posted: -12n }], balances: [{ posted: 0n }] },
    });
  });

  test.each([-1n, 0n, 1_000_000_001n, 10n ** 30n])('%i points are refused with the bounds', async (points) => {
    const bounds = { minimum: 1n, maximum: 1_000_000_000n };
    expect(await burn({ points })).toMatchObject({ code: 'LedgerInvalidAmount', ...bounds });
  });

  test('is refused like earning', async () => {
    const other = await house.addMerchant();
    const suspended = await house.addMerchant();
    const closed = await house.openWallet(suspended, 10n);
    const unheard = await house.openWallet({ ...merchant, programId: '01900000-0000-7000-8000-000000000002' });
    await suspend(suspended);
    const refusals = [
      await burn({}, staffOf(other.merchant)),
      await burn({ storeId: other.stores[0] }),
      await burn({ reference: 'no good' }),
      await burn({ occurredAt: new Date(Date.now() - 80 * hourMs) }),
      await burn({ walletId: closed.wallet }, staffOf(suspended.merchant)),
      await burn({ walletId: unheard.wallet }),
    ];
    expect(refusals).toMatchObject([
      { code: 'LedgerUnknownHolder' },
      { code: 'LedgerUnknownStore' },
      { code: 'LedgerInvalidReference' },
      { code: 'LedgerInvalidTime' },
      { code: 'LedgerMerchantNotLive' },
      { code: 'LedgerMerchantNotLive' },
    ]);
    await expect(burn({}, consumer(wallet.consumer))).rejects.toThrow(Forbidden);
    await expect(burn({}, partnerOf(merchant.merchant, ['points:earn']))).rejects.toThrow(Forbidden);
  });
});

describe('reversing', () => {
  test('takes earned points back, and gives spent ones back, once', async () => {
    const earned = await posted(earn());
    const spent = await posted(burn({ points: 4n }));
    const given = await reverse({ transactionId: spent });
    const taken = await reverse({ transactionId: earned });
    expect([given, taken]).toMatchObject([
      { change: { kind: 'REVERSAL', version: 3n, deltas: [{ posted: 4n }], balances: [{ posted: 12n }] } },
      { change: { kind: 'REVERSAL', version: 4n, deltas: [{ posted: -12n }], balances: [{ posted: 0n }] } },
    ]);
    expect(await reverse({ transactionId: earned })).toMatchObject({ code: 'LedgerAlreadyReversed' });
  });

  test('cannot take back what was spent since', async () => {
    const earned = await posted(earn());
    await burn({ points: 5n });
    const refusal = await reverse({ transactionId: earned });
    expect(refusal).toMatchObject({ code: 'LedgerInsufficientBalance', available: 7n });
  });

  test('is replayed under its key', async () => {
    const input = { idempotencyKey: newKey(), transactionId: await posted(earn()) };
    const first = await reverse(input);
    expect(await reverse(input)).toEqual({ ...first, isReplay: true });
  });

  test('of a reversal is refused', async () => {
    const undone = await posted(reverse({ transactionId: await posted(earn()) }));
    expect(await reverse({ transactionId: undone })).toMatchObject({ code: 'LedgerNotReversible' });
  });

  test('a transaction that is unknown, malformed or of another merchant is unknown', async () => {
    const stranger = staffOf((await house.addMerchant()).merchant);
    const refusals = [
      await reverse({ transactionId: newId('trx') }),
      await reverse({ transactionId: 'nonsense' }),
      await reverse({ transactionId: await posted(earn()) }, stranger),
    ];
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).toHaveProperty('size', 1);
    expect(refusals[0]).toMatchObject({ code: 'LedgerUnknownTransaction' });
  });

  test('is open to managers, owners and operators alone, with a reason that is a code', async () => {
    const transactionId = await posted(earn());
    await expect(reverse({ transactionId }, staffOf(merchant.merchant, 'cashier'))).rejects.toThrow(Forbidden);
    const partner = partnerOf(merchant.merchant, ['points:earn', 'points:burn']);
    await expect(reverse({ transactionId }, partner)).rejects.toThrow(Forbidden);
    expect(await reverse({ transactionId, reason: 'Jean was angry' })).toMatchObject({
      code: 'LedgerInvalidReference',
    });
    expect(await reverse({ transactionId }, staffOf(merchant.merchant, 'manager'))).toHaveProperty('change');
  });

  test('at a suspended merchant is refused', async () => {
    const transactionId = await posted(earn());
    await suspend(merchant);
    expect(await reverse({ transactionId })).toMatchObject({ code: 'LedgerMerchantNotLive' });
  });
});
