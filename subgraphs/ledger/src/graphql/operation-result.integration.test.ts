import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { consumer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
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
  wallet = await house.openWallet(merchant, 100n);
  owner = staffOf(merchant.merchant);
});

afterAll(() => house.close());

const source = `query ($merchantId: ID!, $idempotencyKey: String!) {
  operationResult(merchantId: $merchantId, idempotencyKey: $idempotencyKey) {
    command transactions { id kind balancesAfter { available } } } }`;

async function resultOf(idempotencyKey: string, caller = owner, merchantId = merchant.merchant) {
  const { data, codes } = await ask<{ operationResult: unknown }>(caller, source, { merchantId, idempotencyKey });
  expect(codes).toEqual([]);
  return data.operationResult;
}

const spending = (points: number, idempotencyKey = newKey()) => ({
  burnPoints: { idempotencyKey, walletId: wallet.wallet, points },
});

async function post(mode: 'ATOMIC' | 'EACH', commands: unknown[]) {
  const document = `mutation ($input: PostCommandsInput!) { postCommands(input: $input) { ... on PostCommandsSuccess { results {
    __typename ... on LedgerCommandSuccess { transaction { id } } } } } }`;
  const { data } = await ask<{ postCommands: { results: { __typename: string; transaction?: { id: string } }[] } }>(
    owner,
    document,
    { input: { mode, commands } },
  );
  return data.postCommands.results;
}

test('each command of many can be asked for by its own key; what was refused left none', async () => {
  const [done, refused] = [spending(5), spending(1_000)];
  const [posted] = await post('EACH', [done, refused]);
  expect(await resultOf(done.burnPoints.idempotencyKey)).toEqual({
    command: 'burnPoints',
    transactions: [{ id: posted?.transaction?.id, kind: 'BURN', balancesAfter: [{ available: '95' }] }],
  });
  expect(await resultOf(refused.burnPoints.idempotencyKey)).toBeNull();
});

test('no key of an atomic group that was refused was used', async () => {
  const commands = [spending(5), spending(1_000)];
  expect((await post('ATOMIC', commands)).map(({ __typename }) => __typename)).toEqual([
    ...['LedgerGroupRefused', 'LedgerInsufficientBalance'],
  ]);
  for (const { burnPoints } of commands) expect(await resultOf(burnPoints.idempotencyKey)).toBeNull();
});

test('a dry run leaves no key', async () => {
  const command = spending(5);
  await ask(
    owner,
    'query ($commands: [LedgerCommandInput!]!) { previewCommands(commands: $commands) { __typename } }',
    {
      commands: [command],
    },
  );
  expect(await resultOf(command.burnPoints.idempotencyKey)).toBeNull();
});

test('a return that gives back what was spent tells both of its transactions', async () => {
  const [earned, spent] = await post('EACH', [
    {
      earnPoints: {
        ...{ idempotencyKey: newKey(), walletId: wallet.wallet },
        purchase: { amountMinor: '1000', currency: 'EUR' },
      },
    },
    spending(20),
  ]);
  const idempotencyKey = newKey();
  await post('EACH', [
    {
      returnPurchase: {
        ...{ idempotencyKey, transactionId: earned?.transaction?.id, amountMinor: '500', reason: 'wrong-size' },
        spentTransactionId: spent?.transaction?.id,
      },
    },
  ]);
  expect(await resultOf(idempotencyKey)).toMatchObject({
    command: 'returnPurchase',
    transactions: [{ kind: 'REFUND' }, { kind: 'RETURN' }],
  });
});

test('it is told to staff and partners of the merchant and to operators; to all others it is as if it were not there', async () => {
  const command = spending(5);
  await post('EACH', [command]);
  const key = command.burnPoints.idempotencyKey;
  const other = await house.addMerchant();
  for (const caller of [staffOf(merchant.merchant, 'cashier'), partnerOf(merchant.merchant, []), operator()]) {
    expect(await resultOf(key, caller)).toMatchObject({ command: 'burnPoints' });
  }
  for (const caller of [staffOf(other.merchant), partnerOf(other.merchant, []), consumer(wallet.consumer), person()]) {
    expect(await resultOf(key, caller)).toBeNull();
  }
  // A key belongs to its merchant: asked for at another it is another one.
  expect(await resultOf(key, staffOf(other.merchant), other.merchant)).toBeNull();
  expect(await resultOf(key, operator(), 'mer_none')).toBeNull();
});
