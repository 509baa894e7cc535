import { fromUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumer, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import {
  type HouseMerchant,
  type HouseWallet,
  type LedgerHouse,
  newKey,
  openLedgerHouse,
} from '../../test/ledger-house.ts';
import { previewedCommandsMax } from '../commands/many-commands.ts';

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

afterAll(() => house.close());

const document = `query ($commands: [LedgerCommandInput!]!) { previewCommands(commands: $commands) { __typename
  ... on LedgerInvalidCommandCount { maximum }
  ... on PreviewCommandsSuccess { results { __typename
    ... on Refusal { code } ... on LedgerInsufficientBalance { available }
    ... on LedgerPreview { isReplay
      transactions { kind balancesAfter { available }
        postings { debitAccountKind creditAccountKind asset { code } amount debitLotId creditLotId } }
      lots { lotId vatType expiresAt pending available held }
      limits { limitId countedPer period amountLeft countLeft }
      balances { posted pending held available } } } } } }`;

interface Previewed {
  __typename: string;
  isReplay: boolean;
  transactions: { kind: string; postings: Record<string, unknown>[]; balancesAfter: unknown }[];
  lots: Record<string, unknown>[];
  limits: Record<string, unknown>[];
  balances: { posted: string; pending: string; held: string; available: string }[];
}
interface Answered {
  previewCommands: { __typename: string; results: Previewed[] } | null;
}

async function preview(commands: unknown[], caller = owner) {
  const { data, codes } = await ask<Answered>(caller, document, { commands });
  return { codes, ...data.previewCommands, results: data.previewCommands?.results ?? [] };
}

const earning = (euros: number) => ({
  earnPoints: {
    ...{ idempotencyKey: newKey(), walletId: wallet.wallet },
    purchase: { amountMinor: `${euros}00`, currency: 'EUR' },
  },
});
const spending = (points: number, idempotencyKey = newKey()) => ({
  burnPoints: { idempotencyKey, walletId: wallet.wallet, points },
});
const holding = (points: number) => ({ placeHold: { idempotencyKey: newKey(), walletId: wallet.wallet, points } });

/** Everything that the database has: a dry run may not change a row of it. */
async function everything() {
  const { rows } = await house.pool.query<{ table: string; content: string }>(
    `SELECT t.name AS "table", md5(query_to_xml(format('SELECT * FROM %I t ORDER BY t::text', t.name), true, false, '')::text) AS content
     FROM unnest(ARRAY['holder', 'account', 'transaction', 'posting', 'lot', 'hold', 'hold_lot', 'balance_change',
                       'idempotency', 'limit_usage', 'outbox']) t (name)`,
  );
  return rows;
}

test('says the postings, the lots in the order of their end, and the balances after', async () => {
  const asset = { code: merchant.pointAssetCode };
  const soon = new Date(Date.now() + 86_400_000);
  await house.run([
    await house.earning(wallet.holderId, 30n),
    await house.earning(wallet.holderId, 10n, { period: { expiresAt: soon } }),
  ]);
  const { rows: lots } = await house.pool.query<{ id: string }>(
    'SELECT id FROM lot WHERE holder_id = $1 ORDER BY expires_at',
    [wallet.holderId],
  );
  const [endsSoon, endless] = lots.map(({ id }) => fromUuid('lot', id));
  const postings = [
    { debitAccountKind: 'POINTS_LIABILITY', creditAccountKind: 'REWARD_CLEARING', debitLotId: endsSoon, amount: '10' },
    { debitAccountKind: 'POINTS_LIABILITY', creditAccountKind: 'REWARD_CLEARING', debitLotId: endless, amount: '5' },
  ].map((posting) => ({ asset, creditLotId: null, ...posting }));
  const before = await everything();
  house.told.length = 0;

  expect(await preview([spending(15)])).toEqual({
    codes: [],
    __typename: 'PreviewCommandsSuccess',
    results: [
      {
        __typename: 'LedgerPreview',
        isReplay: false,
        transactions: [{ kind: 'BURN', postings, balancesAfter: [{ available: '25' }] }],
        lots: [
          { lotId: endsSoon, expiresAt: soon.toISOString(), available: '-10' },
          { lotId: endless, expiresAt: null, available: '-5' },
        ].map((lot) => ({ vatType: 'DISCOUNT', pending: '0', held: '0', ...lot })),
        limits: [],
        balances: [{ posted: '25', pending: '0', held: '0', available: '25' }],
      },
    ],
  });
  expect(await everything()).toEqual(before);
  expect(house.told).toEqual([]);
});

test('what it says is what then happens', async () => {
  await house.run([await house.earning(wallet.holderId, 30n)]);
  const { rows } = await house.pool.query<{ id: string }>('SELECT id FROM transaction WHERE holder_id = $1', [
    wallet.holderId,
  ]);
  const transactionId = fromUuid('trx', rows[0]?.id ?? '');
  const other = await house.openWallet(merchant);
  const commands = [
    ...[earning(20), spending(5), holding(7)],
    // It takes back all that the purchase earned, so nothing is left to undo.
    { returnPurchase: { idempotencyKey: newKey(), transactionId, amountMinor: '50', reason: 'wrong-size' } },
    {
      transferPoints: {
        ...{ idempotencyKey: newKey(), fromWalletId: wallet.wallet, toWalletId: other.wallet, points: 3 },
      },
    },
    { reverseTransaction: { idempotencyKey: newKey(), transactionId, reason: 'wrong-customer' } },
    spending(1_000),
  ];
  const said = await preview(commands);
  const done = await ask<{ postCommands: { results: Record<string, unknown>[] } }>(
    owner,
    `mutation ($input: PostCommandsInput!) { postCommands(input: $input) { ... on PostCommandsSuccess { results { __typename
      ... on Refusal { code } ... on LedgerInsufficientBalance { available }
      ... on LedgerCommandSuccess { balances { posted pending held available }
        transaction { kind postings { amount debitAccount { kind } creditAccount { kind } } } } } } } }`,
    { input: { mode: 'EACH', commands } },
  );
  expect(done.errors).toBeUndefined();
  const outcomes = done.data.postCommands.results.map(({ __typename, ...result }) => result);
  expect(
    said.results.map(({ __typename, isReplay, lots, limits, ...result }) => {
      const own = result.transactions?.at(-1);
      if (own === undefined) return result;
      const { kind, postings } = own;
      const shown = postings.map(({ amount, debitAccountKind, creditAccountKind }) => {
        return { amount, debitAccount: { kind: debitAccountKind }, creditAccount: { kind: creditAccountKind } };
      });
      return { balances: result.balances, transaction: { kind, postings: shown } };
    }),
  ).toEqual(outcomes);
  expect(outcomes.map((outcome) => outcome.code ?? 'DONE')).toEqual([
    ...['DONE', 'DONE', 'DONE', 'DONE', 'DONE', 'LedgerAlreadyReversed', 'LedgerInsufficientBalance'],
  ]);
});

test('each command sees what those before it would leave, and refusals are those that would be', async () => {
  const { results } = await preview([spending(5), earning(12), spending(5), spending(10)]);
  expect(results).toMatchObject([
    { __typename: 'LedgerInsufficientBalance', available: '0' },
    { lots: [{ lotId: null, available: '12' }], balances: [{ available: '12' }] },
    { lots: [{ lotId: null, available: '-5' }], balances: [{ available: '7' }] },
    { __typename: 'LedgerInsufficientBalance', available: '7' },
  ]);
});

test('a key that was used would be answered as it was first; none is used by a dry run', async () => {
  await house.run([await house.earning(wallet.holderId, 30n)]);
  const command = spending(5);
  expect((await preview([command])).results).toMatchObject([{ isReplay: false }]);
  const mutation = `mutation ($input: BurnPointsInput!) { burnPoints(input: $input) { ... on BurnPointsSuccess { isReplay } } }`;
  expect((await ask(owner, mutation, { input: command.burnPoints })).data).toEqual({ burnPoints: { isReplay: false } });
  const { results } = await preview([command, spending(6, command.burnPoints.idempotencyKey)]);
  expect(results).toMatchObject([
    { isReplay: true, transactions: [], lots: [], balances: [{ available: '25' }] },
    { __typename: 'LedgerIdempotencyKeyReused' },
  ]);
  const twice = spending(1);
  expect((await preview([twice, twice])).results).toMatchObject([
    { isReplay: false, balances: [{ available: '24' }] },
    { isReplay: true, balances: [{ available: '24' }] },
  ]);
});

test('limits say what they would leave', async () => {
  await house.run([await house.earning(wallet.holderId, 30n)]);
  const limitId = await house.setLimit(merchant, { amountMax: 20n, countMax: 3n });
  const before = await everything();
  const { results } = await preview([spending(15), spending(15)]);
  expect(results).toMatchObject([
    {
      limits: [
        {
          limitId,
          countedPer: 'HOLDER',
          period: 'DAY',
          amountLeft: '5',
          countLeft: '2',
        },
      ],
    },
    { __typename: 'LedgerLimitExceeded' },
  ]);
  expect(await everything()).toEqual(before);
});

describe('at the door', () => {
  test('no command, and more than a hundred, are refused', async () => {
    const many = Array.from({ length: previewedCommandsMax + 1 }, () => spending(1));
    for (const commands of [[], many]) {
      expect(await preview(commands)).toMatchObject({
        __typename: 'LedgerInvalidCommandCount',
        maximum: previewedCommandsMax,
      });
    }
  });

  test('wallets of others stay unknown, and who may give no command is turned away', async () => {
    const stranger = staffOf((await house.addMerchant()).merchant);
    expect((await preview([spending(1)], stranger)).results).toEqual([
      { __typename: 'LedgerUnknownHolder', code: 'LedgerUnknownHolder' },
    ]);
    expect(await preview([spending(1)], consumer(wallet.consumer))).toMatchObject({ codes: ['FORBIDDEN'] });
  });
});
