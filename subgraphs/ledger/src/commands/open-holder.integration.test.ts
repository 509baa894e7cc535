import { newId, toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { InvalidInput } from '../domain/failures.ts';
import { type HolderOpening, openHolder } from './open-holder.ts';

let house: LedgerHouse;
let merchant: HouseMerchant;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

beforeEach(async () => {
  merchant = await house.addMerchant();
});

afterAll(() => house.close());

const uuid = (prefix: 'wal' | 'con' | 'mer') => toUuid(newId(prefix), prefix);

function opening(more: Partial<HolderOpening> = {}): HolderOpening {
  const { merchantId, programId, pointAssetCode: code } = merchant;
  const ids = { holderId: uuid('wal'), consumerId: uuid('con'), merchantId, programId };
  return { ...ids, kind: 'wallet', assets: [{ code, scale: 0 }], ...more };
}

test('a holder gets an account with a floor, and its program the accounts of the issuer, once', async () => {
  const first = opening();
  expect(await openHolder(house.pool, first)).toBe(true);
  expect(await openHolder(house.pool, opening())).toBe(true);
  const { rows } = await house.pool.query(
    'SELECT kind, normal_side, floor, balance, holder_id FROM account WHERE program_id = $1 ORDER BY kind, holder_id',
    [merchant.programId],
  );
  const issuer = { floor: null, balance: 0n, holder_id: null };
  const own = (kind: string, normal_side = 'CREDIT') => [
    { kind, normal_side, floor: 0n, balance: 0n, holder_id: first.holderId },
    { kind, normal_side, floor: 0n, balance: 0n, holder_id: expect.any(String) },
  ];
  expect(rows).toEqual([
    { kind: 'BREAKAGE_INCOME', normal_side: 'CREDIT', ...issuer },
    { kind: 'POINTS_COST', normal_side: 'DEBIT', ...issuer },
    ...own('POINTS_HELD'),
    ...own('POINTS_LIABILITY'),
    ...own('POINTS_PENDING'),
    ...own('POINTS_RECEIVABLE', 'DEBIT'),
    { kind: 'REWARD_CLEARING', normal_side: 'CREDIT', ...issuer },
  ]);
});

describe('asking again', () => {
  test('for the same changes nothing, also at the same time', async () => {
    const same = opening();
    const answers = await Promise.all(Array.from({ length: 10 }, () => openHolder(house.pool, same)));
    expect(answers).toEqual(Array(10).fill(true));
    const { rowCount } = await house.pool.query('SELECT FROM account WHERE holder_id = $1', [same.holderId]);
    expect(rowCount).toBe(4);
  });

  test('for another owner, or other assets, is refused', async () => {
    const first = opening();
    await openHolder(house.pool, first);
    const others = [
      { ...first, consumerId: uuid('con') },
      { ...first, merchantId: uuid('mer') },
      { ...first, assets: [{ code: 'EUR', scale: 2 }] },
      { ...first, assets: [...first.assets, { code: 'EUR', scale: 2 }] },
    ];
    for (const other of others) expect(await openHolder(house.pool, other)).toBe(false);
  });
});

test.each([
  ['no asset', () => []],
  [
    'an asset twice',
    () => [
      { code: 'EUR', scale: 2 },
      { code: 'EUR', scale: 2 },
    ],
  ],
  ['an asset that cannot be', () => [{ code: 'euros', scale: 2 }]],
])('%s opens nothing', async (_what, assets) => {
  await expect(openHolder(house.pool, opening({ assets: assets() }))).rejects.toThrow(InvalidInput);
});
