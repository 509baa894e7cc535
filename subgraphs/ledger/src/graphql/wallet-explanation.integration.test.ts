import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumer, partnerOf, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import { type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning } from '../../test/requests.ts';

let house: LedgerHouse;
let ask: Ask;
let wallet: HouseWallet;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  ({ ask } = openDoor(house));
  wallet = await house.openWallet(await house.addMerchant());
  const holder = await house.holder(wallet.holderId);
  const large = 9_007_199_254_740_993n;
  await house.run([
    await house.earning(wallet.holderId, large),
    await house.earning(wallet.holderId, 5n, { period: { activatesAt: new Date(Date.now() + 86_400_000) } }),
    await house.earning(wallet.holderId, 1n, burning(holder, 3n)),
  ]);
});

afterAll(() => house.close());

const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Wallet { explain {
  version owed balance { posted pending held available }
  lots { lotId earnedAt activatesAt expiresAt inactivityDays programVersion pending available held }
  otherLots { count pending available held } holds { holdId expiresAt held } otherHolds { count held }
  carriedForward { transactionCount posted pending held } movements { kind transactionCount posted pending held } } } } }`;

const explain = async (caller: Parameters<Ask>[0]) => {
  const representations = [{ __typename: 'Wallet', id: wallet.wallet }];
  const { data, codes } = await ask<{ _entities: ({ explain: unknown } | null)[] }>(caller, source, {
    representations,
  });
  expect(codes).toEqual([]);
  return data._entities[0]?.explain ?? null;
};

test('a wallet explains its balances, beyond 2^53 too', async () => {
  const none = { activatesAt: null, expiresAt: null, inactivityDays: null, programVersion: 1, held: '0' };
  const lot = { ...none, lotId: expect.stringMatching(/^lot_/), earnedAt: expect.any(String) };
  const nothing = { count: '0', pending: '0', available: '0', held: '0' };
  expect(await explain(consumer(wallet.consumer))).toEqual([
    {
      version: '3',
      owed: '0',
      balance: { posted: '9007199254740995', pending: '5', held: '0', available: '9007199254740990' },
      lots: [
        { ...lot, activatesAt: expect.any(String), pending: '5', available: '0' },
        { ...lot, pending: '0', available: '9007199254740990' },
      ],
      otherLots: nothing,
      holds: [],
      otherHolds: { count: '0', held: '0' },
      carriedForward: { transactionCount: '0', posted: '0', pending: '0', held: '0' },
      movements: [
        { kind: 'BURN', transactionCount: '1', posted: '-3', pending: '0', held: '0' },
        { kind: 'EARN', transactionCount: '2', posted: '9007199254740998', pending: '5', held: '0' },
      ],
    },
  ]);
});

test('it is explained to those who may see the wallet, and to nobody else', async () => {
  const other = await house.addMerchant();
  for (const caller of [staffOf(wallet.merchant, 'cashier'), partnerOf(wallet.merchant, ['wallets:read'])]) {
    expect(await explain(caller)).toHaveLength(1);
  }
  for (const caller of [staffOf(other.merchant), partnerOf(wallet.merchant, ['points:earn']), consumer('con_other')]) {
    expect(await explain(caller)).toBeNull();
  }
});
