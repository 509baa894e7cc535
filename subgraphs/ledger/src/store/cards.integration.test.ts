import { newId, toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse, terms } from '../../test/ledger-house.ts';
import {
  burning,
  capturing,
  holding,
  issuing,
  refunding,
  releasing,
  returning,
  reversing,
  settling,
  transferring,
} from '../../test/requests.ts';
import type { Holder } from '../domain/holder.ts';
import type { Issued, OperationRequest } from '../domain/operation.ts';
import { readLiability } from '../queries/liability.ts';

const multiPurpose: Issued = { category: 'PAID', vatType: 'MPV' };
const singlePurpose: Issued = { category: 'PAID', vatType: 'SPV', vatAmount: 20_00n };
const given: Issued = { category: 'PROMOTIONAL', vatType: 'NONE' };
const dayMs = 86_400_000;

let house: LedgerHouse;
let merchant: HouseMerchant;
let card: Holder;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

beforeEach(async () => {
  house.now = new Date('2026-11-28T12:00:00Z');
  merchant = await house.addMerchant();
  card = await house.openCard(merchant);
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

/** Does something with the card, and answers with the postings that it made, as `from -> to: amount`. */
async function post(doing: Partial<OperationRequest>, holder = card) {
  const [decision] = await house.run([await house.earning(holder.id, 1n, doing)]);
  if (decision?.status !== 'DONE') throw new Error(`Not done: ${decision?.status}.`);
  const ids = decision.transactions.map(({ id }) => id);
  return {
    id: ids.at(-1) ?? '',
    kinds: decision.transactions.map(({ kind }) => kind),
    postings: await postingsOf(ids),
  };
}

async function postingsOf(transactionIds: readonly string[]): Promise<string[]> {
  const { rows } = await house.pool.query<{ posting: string }>(
    `SELECT format('%s -> %s: %s', d.kind, c.kind, p.amount) AS posting
     FROM posting p JOIN account d ON d.id = p.debit_account_id JOIN account c ON c.id = p.credit_account_id
     WHERE p.transaction_id = ANY ($1) ORDER BY p.transaction_id, p.position`,
    [transactionIds],
  );
  return rows.map(({ posting }) => posting);
}

/** The balances of all accounts that are not zero. */
async function books(): Promise<Record<string, bigint>> {
  const { rows } = await house.pool.query<{ kind: string; balance: bigint }>(
    'SELECT kind, sum(balance)::bigint AS balance FROM account WHERE merchant_id = $1 GROUP BY kind HAVING sum(balance) <> 0',
    [merchant.merchantId],
  );
  return Object.fromEntries(rows.map(({ kind, balance }) => [kind, balance]));
}

async function lots(holder = card) {
  const { rows } = await house.pool.query(
    `SELECT category, vat_type AS vat, granted, available, held, spent, expired FROM lot
     WHERE holder_id = $1 ORDER BY granted DESC`,
    [holder.id],
  );
  return rows;
}

describe('issuing', () => {
  test('a multi-purpose voucher is owed at its price: VAT waits for the redemption', async () => {
    expect(await post(issuing(card, 100_00n, multiPurpose))).toMatchObject({
      kinds: ['SALE'],
      postings: ['TENDER_CLEARING -> CARD_LIABILITY: 10000'],
    });
    expect(await lots()).toMatchObject([{ category: 'PAID', vat: 'MPV', granted: 10_000n, available: 10_000n }]);
  });

  test('of a single-purpose voucher VAT is due when it is sold, and the rest is owed', async () => {
    expect(await post(issuing(card, 120_00n, singlePurpose))).toMatchObject({
      kinds: ['SALE'],
      postings: ['TENDER_CLEARING -> CARD_LIABILITY: 10000', 'TENDER_CLEARING -> VAT_PAYABLE: 2000'],
    });
    expect(await lots()).toMatchObject([{ category: 'PAID', vat: 'SPV', granted: 10_000n }]);
    expect(await books()).toEqual({ TENDER_CLEARING: 12_000n, CARD_LIABILITY: 10_000n, VAT_PAYABLE: 2_000n });
  });

  test('given value is a cost of its own kind, and no sale', async () => {
    expect(await post(issuing(card, 15_00n, given))).toMatchObject({
      kinds: ['GRANT'],
      postings: ['PROMOTION_EXPENSE -> PROMOTION_LIABILITY: 1500'],
    });
    expect(await lots()).toMatchObject([{ category: 'PROMOTIONAL', vat: 'NONE', granted: 1_500n }]);
  });

  test('a limit of what is put on a card in a day counts prices, of all that is sold and given', async () => {
    await house.setLimit(merchant, { movement: 'ISSUE', assetCode: 'EUR', country: 'FR', amountMax: 750_00n });
    await post(issuing(card, 600_00n, singlePurpose));
    await post(issuing(card, 100_00n, given));
    const tooMuch = await house.earning(card.id, 1n, issuing(card, 50_01n, multiPurpose));
    expect(await house.run([tooMuch])).toMatchObject([{ status: 'LIMIT_EXCEEDED', limit: { amountLeft: 50_00n } }]);
    await post(issuing(card, 50_00n, multiPurpose));
    const other = await house.openCard(merchant);
    await post(issuing(other, 750_00n, multiPurpose), other);
    // What is spent is no matter of this limit.
    await post(burning(card, 1_00n));
  });

  test.each([
    ['sold', multiPurpose, 100_00n],
    ['sold with its VAT', singlePurpose, 120_00n],
    ['given', given, 100_00n],
  ])('what was %s cannot be reversed, returned or refunded: it is redeemed or expires', async (_how, issued, price) => {
    const { id } = await post(issuing(card, price, issued));
    const before = await house.stateOf(card.id);
    const doings = [reversing(id), refunding(id), returning(id, { amountMinor: 1n }, terms)];
    for (const doing of doings) {
      expect(await house.run([await house.earning(card.id, 1n, doing)])).toEqual([{ status: 'NOT_REVERSIBLE' }]);
    }
    expect(await house.stateOf(card.id)).toEqual(before);
  });

  test('VAT is never more than the price', async () => {
    await expect(post(issuing(card, 20_00n, singlePurpose))).rejects.toThrow(RangeError);
    expect(await books()).toEqual({});
  });
});

describe.each([
  ['a multi-purpose voucher', multiPurpose, 100_00n, 'CARD_LIABILITY', 'CARD_HELD', 'MPV'],
  ['a single-purpose voucher', singlePurpose, 120_00n, 'CARD_LIABILITY', 'CARD_HELD', 'SPV'],
  ['given value', given, 100_00n, 'PROMOTION_LIABILITY', 'PROMOTION_HELD', 'NONE'],
] as const)('%s', (_name, issued, price, liability, heldKind, vat) => {
  beforeEach(() => post(issuing(card, price, issued, new Date('2026-12-28T12:00:00Z'))));

  test('is redeemed, given back to its lot in parts, and the redemption undone', async () => {
    const redeemed = await post(burning(card, 60_00n));
    expect(redeemed.postings).toEqual([`${liability} -> MERCHANT_SETTLEMENT: 6000`]);
    expect((await post(refunding(redeemed.id, 25_00n))).postings).toEqual([
      `MERCHANT_SETTLEMENT -> ${liability}: 2500`,
    ]);
    expect((await post(reversing(redeemed.id))).postings).toEqual([`MERCHANT_SETTLEMENT -> ${liability}: 3500`]);
    expect(await lots()).toMatchObject([{ vat, granted: 10_000n, available: 10_000n, spent: 0n }]);
  });

  test('is held, captured, released, and a hold ends by itself', async () => {
    const [first, second] = [toUuid(newId('hol'), 'hol'), toUuid(newId('hol'), 'hol')];
    expect((await post(holding(card, 50_00n, first))).postings).toEqual([`${liability} -> ${heldKind}: 5000`]);
    expect((await post(capturing(first, 20_00n))).postings).toEqual([`${heldKind} -> MERCHANT_SETTLEMENT: 2000`]);
    expect((await post(releasing(first))).postings).toEqual([`${heldKind} -> ${liability}: 3000`]);
    await post(holding(card, 10_00n, second, 1_000));
    house.now = new Date('2026-11-28T13:00:00Z');
    const { kinds, postings } = await post(settling());
    expect([kinds, postings]).toEqual([['HOLD_EXPIRY'], [`${heldKind} -> ${liability}: 1000`]]);
    expect(await lots()).toMatchObject([{ available: 8_000n, held: 0n, spent: 2_000n }]);
  });

  test('expires as income of the merchant', async () => {
    house.now = new Date('2026-12-28T12:00:00Z');
    const { kinds, postings } = await post(settling());
    expect([kinds, postings]).toEqual([['EXPIRY'], [`${liability} -> BREAKAGE_INCOME: 10000`]]);
    expect(await lots()).toMatchObject([{ vat, available: 0n, expired: 10_000n }]);
  });

  test('comes back with a graced date, when what it was taken from has expired since', async () => {
    const redeemed = await post(burning(card, 40_00n));
    house.now = new Date('2027-01-02T12:00:00Z');
    await post(settling());
    const { postings } = await post(refunding(redeemed.id, undefined, { graceDays: 30 }));
    expect(postings).toEqual([`MERCHANT_SETTLEMENT -> ${liability}: 4000`]);
    const { rows } = await house.pool.query(
      'SELECT vat_type AS vat, available, expires_at AS ends FROM lot WHERE holder_id = $1 AND is_open',
      [card.id],
    );
    expect(rows).toEqual([{ vat, available: 4_000n, ends: new Date(house.now.getTime() + 30 * dayMs) }]);
  });

  test('goes to another card with its dates and how VAT treats it', async () => {
    const other = await house.openCard(merchant);
    expect((await post(transferring(card, other, 30_00n))).postings).toEqual([`${liability} -> ${liability}: 3000`]);
    expect(await lots(other)).toMatchObject([{ vat, granted: 3_000n, available: 3_000n }]);
    const { rows } = await house.pool.query('SELECT DISTINCT expires_at FROM lot WHERE holder_id = ANY ($1)', [
      [card.id, other.id],
    ]);
    expect(rows).toHaveLength(1);
  });
});

test('a card of all kinds of value is spent by date, and each kind stays in its own accounts', async () => {
  await post(issuing(card, 10_00n, multiPurpose));
  await post(issuing(card, 120_00n, singlePurpose, new Date('2027-06-01T00:00:00Z')));
  await post(issuing(card, 5_00n, given, new Date('2026-12-24T00:00:00Z')));
  const redeemed = await post(burning(card, 108_00n));
  expect(redeemed.postings).toEqual([
    'PROMOTION_LIABILITY -> MERCHANT_SETTLEMENT: 500',
    'CARD_LIABILITY -> MERCHANT_SETTLEMENT: 10000',
    'CARD_LIABILITY -> MERCHANT_SETTLEMENT: 300',
  ]);
  expect(await readLiability(house.pool, merchant.merchantId)).toEqual([
    { asset: { code: 'EUR', scale: 2 }, vatType: 'MPV', openLotCount: 1n, pending: 0n, available: 700n, held: 0n },
  ]);
  // What was given goes home as given, what was paid as paid, the last first.
  expect((await post(refunding(redeemed.id, 104_00n))).postings).toEqual([
    'MERCHANT_SETTLEMENT -> CARD_LIABILITY: 300',
    'MERCHANT_SETTLEMENT -> CARD_LIABILITY: 10000',
    'MERCHANT_SETTLEMENT -> PROMOTION_LIABILITY: 100',
  ]);
  expect(await books()).toEqual({
    ...{ TENDER_CLEARING: 13_000n, VAT_PAYABLE: 2_000n, CARD_LIABILITY: 11_000n },
    ...{ PROMOTION_EXPENSE: 500n, PROMOTION_LIABILITY: 100n, MERCHANT_SETTLEMENT: 400n },
  });
});
