import { newId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import { findFaults } from '../../test/invariants.ts';
import {
  type HouseMerchant,
  type HouseWallet,
  type LedgerHouse,
  newKey,
  openLedgerHouse,
} from '../../test/ledger-house.ts';

let house: LedgerHouse;
let ask: Ask;
let merchant: HouseMerchant;
let wallet: HouseWallet;
let owner: Caller;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  ({ ask } = openDoor(house));
});

beforeEach(async () => {
  merchant = await house.addMerchant();
  wallet = await house.openWallet(merchant);
  owner = staffOf(merchant.merchant);
});

afterAll(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
  await house.close();
});

const done = `transaction { id kind points uncollected hold { id state amount held captured released } postings { amount debitAccount { kind } creditAccount { kind } } }
  balances { posted pending held available } isReplay`;

interface Success {
  __typename: string;
  transaction: { id: string; kind: string; points: string; uncollected: string | null; hold: { id: string } | null };
  balances: { posted: string; held: string; available: string }[];
  [field: string]: unknown;
}

/** Sends a mutation; its fields of refusals are asked for where they are named. */
async function give(
  name: string,
  input: Record<string, unknown>,
  { caller = owner, more = '' } = {},
): Promise<Success> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const source = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename
    ... on Refusal { code } ... on ${type}Success { ${done} } ${more} } }`;
  const answer = await ask<Record<string, Success>>(caller, source, { input: { idempotencyKey: newKey(), ...input } });
  expect(answer.codes).toEqual([]);
  const outcome = answer.data[name];
  if (outcome === undefined) throw new Error('The mutation answered nothing.');
  return outcome;
}

const earn = (amountMinor: number, lines?: { lineId: string; amountMinor: number }[]) =>
  give('earnPoints', { walletId: wallet.wallet, purchase: { amountMinor, currency: 'EUR', lines } });
const holdIdOf = ({ transaction }: Success): string => transaction.hold?.id ?? '';

test('what is held cannot be spent, and comes back or is spent as the hold ends', async () => {
  await earn(10_000);
  const placed = await give('placeHold', { walletId: wallet.wallet, points: '70', reference: 'order-1' });
  expect(placed.balances).toEqual([{ posted: '100', pending: '0', held: '70', available: '30' }]);
  expect(await give('burnPoints', { walletId: wallet.wallet, points: '31' })).toMatchObject({
    __typename: 'LedgerInsufficientBalance',
  });
  const captured = await give('captureHold', { holdId: holdIdOf(placed), points: '50' });
  expect(captured).toMatchObject({
    transaction: { kind: 'CAPTURE', points: '-50', hold: { state: 'CAPTURED', captured: '50', released: '20' } },
    balances: [{ posted: '50', held: '0', available: '50' }],
  });
  expect(await give('releaseHold', { holdId: holdIdOf(placed) }, { more: '... on LedgerHoldEnded { state }' })).toEqual(
    {
      __typename: 'LedgerHoldEnded',
      code: 'LedgerHoldEnded',
      state: 'CAPTURED',
    },
  );
});

test('a hold is captured in parts, never more than it has', async () => {
  await earn(10_000);
  const holdId = holdIdOf(await give('placeHold', { walletId: wallet.wallet, points: '40' }));
  await give('captureHold', { holdId, points: '15', isFinal: false });
  expect(
    await give('captureHold', { holdId, points: '26' }, { more: '... on LedgerHoldExceeded { held }' }),
  ).toMatchObject({
    __typename: 'LedgerHoldExceeded',
    held: '25',
  });
  expect(await give('releaseHold', { holdId })).toMatchObject({
    transaction: { kind: 'RELEASE', hold: { captured: '15', released: '25' } },
    balances: [{ posted: '85', held: '0', available: '85' }],
  });
});

test('spent points are given back in parts, never more than were spent', async () => {
  await earn(10_000);
  const { transaction } = await give('burnPoints', { walletId: wallet.wallet, points: '60' });
  const refund = (points?: string) =>
    give('refundTransaction', { transactionId: transaction.id, points, reason: 'damaged' });
  expect((await refund('25')).balances).toMatchObject([{ available: '65' }]);
  expect((await refund()).balances).toMatchObject([{ available: '100' }]);
  expect(await refund('1')).toMatchObject({ __typename: 'LedgerRefundExceeded' });
});

test('a purchase is returned by line, to the point, with what was spent in it', async () => {
  const lines = [
    { lineId: 'book', amountMinor: 1_999 },
    { lineId: 'pen', amountMinor: 101 },
  ];
  const { transaction: bought } = await earn(2_100, lines);
  const { transaction: spent } = await give('burnPoints', { walletId: wallet.wallet, points: '10' });
  const ofPurchase = { transactionId: bought.id, spentTransactionId: spent.id, reason: 'wrong-size' };
  const first = await give('returnPurchase', { ...ofPurchase, lines: [{ lineId: 'book' }] });
  // 21 points for 21.00 were earned, 1 for what is kept; 9 of the 10 spent come back for 95 % of the purchase.
  expect(first).toMatchObject({
    transaction: { kind: 'RETURN', points: '-20', uncollected: null },
    balances: [{ available: '0' }],
  });
  expect(await give('returnPurchase', { ...ofPurchase, lines: [{ lineId: 'book', amountMinor: '1' }] })).toMatchObject({
    __typename: 'LedgerReturnExceeded',
  });
  expect(await give('returnPurchase', { ...ofPurchase, lines: [{ lineId: 'ink' }] })).toMatchObject({
    __typename: 'LedgerUnknownPurchaseLine',
  });
  expect(await give('returnPurchase', { ...ofPurchase, amountMinor: '102' })).toMatchObject({
    __typename: 'LedgerReturnExceeded',
  });
  expect(await give('returnPurchase', { ...ofPurchase, amountMinor: '101' })).toMatchObject({
    __typename: 'ReturnPurchaseSuccess',
  });
});

test('lines that do not make the purchase are refused', async () => {
  expect(await earn(100, [{ lineId: 'book', amountMinor: 99 }])).toMatchObject({
    __typename: 'LedgerInvalidPurchaseLines',
  });
});

test('points go to another wallet of the program, and to none of another', async () => {
  await earn(5_000);
  const other = await house.openWallet(merchant);
  const points = { fromWalletId: wallet.wallet, points: '20' };
  expect(await give('transferPoints', { ...points, toWalletId: other.wallet })).toMatchObject({
    transaction: {
      kind: 'TRANSFER',
      points: '-20',
      postings: [
        { amount: '20', debitAccount: { kind: 'POINTS_LIABILITY' }, creditAccount: { kind: 'POINTS_LIABILITY' } },
      ],
    },
    balances: [{ available: '30' }],
  });
  expect(await house.stateOf(other.holderId)).toMatchObject({ version: 1n });
  const foreign = await house.openWallet(await house.addMerchant());
  expect(await give('transferPoints', { ...points, toWalletId: foreign.wallet })).toMatchObject({
    __typename: 'LedgerUnknownHolder',
  });
});

test('a wallet tells the lots and holds that make its balance, to those who may see it', async () => {
  await earn(5_000);
  await earn(3_000);
  await give('placeHold', { walletId: wallet.wallet, points: '60' });
  const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Wallet {
    lots { state category vatType programVersion granted available held } holds { state amount held } } } }`;
  const representations = [{ __typename: 'Wallet', id: wallet.wallet }];
  const answer = await ask(owner, source, { representations });
  expect(answer.data).toEqual({
    _entities: [
      {
        lots: [
          { granted: '30', available: '0', held: '30' },
          { granted: '50', available: '20', held: '30' },
        ].map((lot) => ({ state: 'ACTIVE', category: 'POINTS', vatType: 'DISCOUNT', programVersion: 1, ...lot })),
        holds: [{ state: 'HELD', amount: '60', held: '60' }],
      },
    ],
  });
  const stranger = staffOf(newId('mer'));
  expect((await ask(stranger, source, { representations })).data).toEqual({ _entities: [null] });
});

test("what a merchant owes is what its holders' accounts say, and is shown to those in charge alone", async () => {
  await earn(5_000);
  await give('placeHold', { walletId: wallet.wallet, points: '10' });
  const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Merchant {
    liability { vatType openLotCount pending available held outstanding } trialBalance { isBalanced } } } }`;
  const representations = [{ __typename: 'Merchant', id: merchant.merchant }];
  const row = { vatType: 'DISCOUNT', openLotCount: '1', pending: '0', available: '40', held: '10', outstanding: '50' };
  expect((await ask(owner, source, { representations })).data).toEqual({
    _entities: [{ liability: [row], trialBalance: { isBalanced: true } }],
  });
  const cashier = staffOf(merchant.merchant, 'cashier');
  expect((await ask(cashier, source, { representations })).data).toEqual({
    _entities: [{ liability: null, trialBalance: null }],
  });
});

test('a transaction tells the posting template that it was made by', async () => {
  const { transaction } = await give('earnPoints', {
    idempotencyKey: newKey(),
    walletId: wallet.wallet,
    purchase: { amountMinor: 100, currency: 'EUR' },
  });
  const source = `query ($id: ID!) { ledgerTransaction(id: $id) {
    templateVersion template { value line debitAccountKind creditAccountKind } } }`;
  const lines = [
    { line: 'grantPending', debitAccountKind: 'POINTS_COST', creditAccountKind: 'POINTS_PENDING' },
    { line: 'grant', debitAccountKind: 'POINTS_COST', creditAccountKind: 'POINTS_LIABILITY' },
    { line: 'repay', debitAccountKind: 'POINTS_LIABILITY', creditAccountKind: 'POINTS_RECEIVABLE' },
  ].map((line) => ({ value: 'POINTS', ...line }));
  const { data } = await ask<{ ledgerTransaction: { template: unknown[] } }>(owner, source, { id: transaction.id });
  expect(data.ledgerTransaction).toMatchObject({ templateVersion: 1, template: expect.arrayContaining(lines) });
  expect(data.ledgerTransaction.template).toHaveLength(lines.length);
});
