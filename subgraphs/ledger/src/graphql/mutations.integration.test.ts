import { newId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import {
  type HouseMerchant,
  type HouseWallet,
  type LedgerHouse,
  newKey,
  openLedgerHouse,
} from '../../test/ledger-house.ts';
import { Overloaded, Unavailable } from '../domain/failures.ts';
import { createContext } from './context.ts';

let house: LedgerHouse;
let ask: Ask;
let services: ReturnType<typeof openDoor>['services'];
let merchant: HouseMerchant;
let wallet: HouseWallet;
let owner: Caller;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  ({ ask, services } = openDoor(house));
});

beforeEach(async () => {
  merchant = await house.addMerchant();
  wallet = await house.openWallet(merchant);
  owner = staffOf(merchant.merchant);
});

afterAll(() => house.close());

const payload = `transaction { id kind points version }
  balances { asset { code scale } posted pending held available } version wallet { id } isReplay balanceState`;

const mutations = {
  earnPoints: `mutation ($input: EarnPointsInput!) { earnPoints(input: $input) { __typename
    ... on Refusal { code message } ... on EarnPointsSuccess { ${payload} }
    ... on LedgerInvalidAmount { minimum maximum } ... on LedgerCurrencyMismatch { expectedCurrency }
    ... on LedgerInvalidTime { earliest latest } ... on LedgerNoPointsEarned { minimumPurchaseMinor } } }`,
  burnPoints: `mutation ($input: BurnPointsInput!) { burnPoints(input: $input) { __typename
    ... on Refusal { code message } ... on BurnPointsSuccess { ${payload} }
    ... on LedgerInvalidAmount { minimum maximum } ... on LedgerInsufficientBalance { available } } }`,
  reverseTransaction: `mutation ($input: ReverseTransactionInput!) { reverseTransaction(input: $input) { __typename
    ... on Refusal { code message } ... on ReverseTransactionSuccess { ${payload} }
    ... on LedgerInsufficientBalance { available } } }`,
};

interface Outcome {
  __typename: string;
  transaction: { id: string };
  [field: string]: unknown;
}

async function give(name: keyof typeof mutations, input: Record<string, unknown>, caller = owner) {
  const common = { idempotencyKey: newKey(), ...(name === 'reverseTransaction' ? {} : { walletId: wallet.wallet }) };
  const answer = await ask<Record<string, Outcome> | null>(caller, mutations[name], { input: { ...common, ...input } });
  return { ...answer, outcome: answer.data?.[name] };
}

const euros = (amountMinor: unknown, currency = 'EUR') => ({ purchase: { amountMinor, currency } });

test('earning answers with the transaction, the balances of its commit, and the wallet', async () => {
  const { outcome } = await give('earnPoints', euros('1250'));
  expect(outcome).toEqual({
    __typename: 'EarnPointsSuccess',
    transaction: { id: expect.stringMatching(/^trx_/), kind: 'EARN', points: '12', version: '1' },
    balances: [
      { asset: { code: merchant.pointAssetCode, scale: 0 }, posted: '12', pending: '0', held: '0', available: '12' },
    ],
    version: '1',
    wallet: { id: wallet.wallet },
    isReplay: false,
    balanceState: 'CURRENT',
  });
});

test('a partner that may not read wallets is not led to one', async () => {
  const till = partnerOf(merchant.merchant, ['points:earn']);
  const source = mutations.earnPoints.replace('{ id kind points version }', '{ wallet { id } }');
  const input = { idempotencyKey: newKey(), walletId: wallet.wallet, ...euros(500) };
  expect(await ask(till, source, { input })).toMatchObject({
    data: { earnPoints: { transaction: { wallet: null }, wallet: null, balances: [{ posted: '5' }] } },
    codes: [],
  });
});

test('a till that asks for what the commit says of its transaction costs no read, and is told what is stored', async () => {
  const columns = 'id kind version occurredAt recordedAt merchant { id } store { id } program { id }';
  const queries: unknown[] = [];
  const counting = {
    ...services,
    prisma: services.prisma.$extends({
      query: {
        $allOperations: ({ args, query }) => {
          queries.push(args);
          return query(args);
        },
      },
    }),
  };
  const source = mutations.earnPoints.replace('{ id kind points version }', `{ ${columns} }`);
  const contextValue = createContext(counting as never, owner);
  const { graphql } = await import('graphql');
  const { schema } = await import('./schema.ts');
  const input = { idempotencyKey: newKey(), walletId: wallet.wallet, ...euros(500) };
  const { data } = await graphql({ schema, source, variableValues: { input }, contextValue });
  expect(queries).toEqual([]);
  const { transaction } = JSON.parse(JSON.stringify(data?.earnPoints)) as { transaction: { id: string } };
  const stored = `query ($id: ID!) { ledgerTransaction(id: $id) { ${columns} } }`;
  const answer = await ask<{ ledgerTransaction: unknown }>(owner, stored, { id: transaction.id });
  expect(answer.data.ledgerTransaction).toEqual(transaction);
});

test('spending and undoing answer alike', async () => {
  const { outcome: earned } = await give('earnPoints', euros(2_000));
  const { outcome: spent } = await give('burnPoints', { points: 5 });
  expect(spent).toMatchObject({ transaction: { kind: 'BURN', points: '-5' }, balances: [{ posted: '15' }] });
  const { outcome: undone } = await give('reverseTransaction', {
    transactionId: spent?.transaction.id,
    reason: 'error',
  });
  expect(undone).toMatchObject({
    transaction: { kind: 'REVERSAL', points: '5' },
    balances: [{ posted: '20' }],
    version: '3',
  });
  const { outcome: taken } = await give('reverseTransaction', {
    transactionId: earned?.transaction.id,
    reason: 'error',
  });
  expect(taken).toMatchObject({ balances: [{ posted: '0' }], version: '4' });
});

test('the same key again answers the same, and says that it is a replay', async () => {
  const input = { idempotencyKey: newKey(), ...euros(700) };
  const first = await give('earnPoints', input);
  const again = await give('earnPoints', input);
  expect(again.outcome).toEqual({ ...first.outcome, isReplay: true });
});

describe('refusals', () => {
  const invalidAmount = { __typename: 'LedgerInvalidAmount', minimum: '1' };

  test.each([
    ['a negative amount', 'earnPoints', euros(-1), { ...invalidAmount, maximum: '100000000' }],
    ['no amount', 'earnPoints', euros(0), invalidAmount],
    ['10^30 as an integer', 'earnPoints', euros(`1${'0'.repeat(30)}`), invalidAmount],
    ['10^30 points', 'burnPoints', { points: `1${'0'.repeat(30)}` }, { ...invalidAmount, maximum: '1000000000' }],
    [
      'another currency',
      'earnPoints',
      euros(100, 'USD'),
      { __typename: 'LedgerCurrencyMismatch', expectedCurrency: 'EUR' },
    ],
    [
      'an unknown wallet',
      'earnPoints',
      { ...euros(100), walletId: newId('wal') },
      { __typename: 'LedgerUnknownHolder' },
    ],
    ['more than the balance', 'burnPoints', { points: 5 }, { __typename: 'LedgerInsufficientBalance', available: '0' }],
    [
      'a time long ago',
      'earnPoints',
      { ...euros(100), occurredAt: '2020-01-01T00:00:00Z' },
      { __typename: 'LedgerInvalidTime' },
    ],
    ['a bad reference', 'earnPoints', { ...euros(100), reference: 'a b' }, { __typename: 'LedgerInvalidReference' }],
    [
      'a purchase too small',
      'earnPoints',
      euros(99),
      { __typename: 'LedgerNoPointsEarned', minimumPurchaseMinor: '100' },
    ],
    ['an unknown store', 'earnPoints', { ...euros(100), storeId: newId('sto') }, { __typename: 'LedgerUnknownStore' }],
    [
      'an unknown transaction',
      'reverseTransaction',
      { transactionId: newId('trx'), reason: 'error' },
      { __typename: 'LedgerUnknownTransaction' },
    ],
  ] as const)('%s', async (_what, name, input, refusal) => {
    const { outcome, codes } = await give(name, input);
    expect(codes).toEqual([]);
    expect(outcome).toMatchObject({ ...refusal, code: refusal.__typename, message: expect.any(String) });
  });

  test('a key used with other input, a suspended merchant, a transaction undone before', async () => {
    const idempotencyKey = newKey();
    const { outcome: earned } = await give('earnPoints', { idempotencyKey, ...euros(500) });
    const { outcome: reused } = await give('earnPoints', { idempotencyKey, ...euros(600) });
    const undo = { transactionId: earned?.transaction.id, reason: 'error' };
    const { outcome: undone } = await give('reverseTransaction', undo);
    const { outcome: again } = await give('reverseTransaction', undo);
    const { outcome: final } = await give('reverseTransaction', { ...undo, transactionId: undone?.transaction.id });
    const { merchantId, storeIds } = merchant;
    await house.hear({ merchantId, storeIds, status: 'SUSPENDED', version: 2n });
    const { outcome: closed } = await give('earnPoints', euros(500));
    expect([reused, again, final, closed].map((it) => it?.__typename)).toEqual([
      'LedgerIdempotencyKeyReused',
      'LedgerAlreadyReversed',
      'LedgerNotReversible',
      'LedgerMerchantNotLive',
    ]);
  });
});

describe('failures of the request', () => {
  test.each([
    ['a consumer', () => consumer(wallet.consumer)],
    ['a stranger', () => person()],
    ['a partner without the scope', () => partnerOf(merchant.merchant, ['wallets:read'])],
    ['a service', () => ({ kind: 'service', service: 'gateway' }) as const],
  ])('%s is forbidden to earn', async (_who, caller) => {
    expect((await give('earnPoints', euros(100), caller())).codes).toEqual(['FORBIDDEN']);
  });

  test('a cashier is forbidden to undo', async () => {
    const input = { transactionId: newId('trx'), reason: 'error' };
    expect((await give('reverseTransaction', input, staffOf(merchant.merchant, 'cashier'))).codes).toEqual([
      'FORBIDDEN',
    ]);
    expect((await give('reverseTransaction', input, operator())).codes).toEqual([]);
  });

  test.each([
    ['a fraction', euros(1.5)],
    ['a word', euros('ten')],
    ['a time without an offset', { ...euros(100), occurredAt: '2026-03-01T12:00:00' }],
  ])('%s has the wrong form', async (_what, input) => {
    expect((await give('earnPoints', input)).codes).toEqual(['BAD_USER_INPUT']);
  });

  test('a key out of its form has the wrong form', async () => {
    expect((await give('earnPoints', { ...euros(100), idempotencyKey: 'with space' })).codes).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  test.each([
    ['OVERLOADED', new Overloaded(500), { retryAfterMs: 500 }],
    ['SUBGRAPH_UNAVAILABLE', new Unavailable(new Error('canary: 10.0.0.7')), {}],
    ['SUBGRAPH_UNAVAILABLE', Object.assign(new Error('canary: 10.0.0.7'), { code: 'ECONNREFUSED' }), {}],
  ])('%s is told with what a client needs and no more', async (code, error, details) => {
    const post = house.writer.post;
    house.writer.post = () => Promise.reject(error);
    const { errors } = await give('earnPoints', euros(100)).finally(() => {
      house.writer.post = post;
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...details });
    expect(JSON.stringify(errors)).not.toContain('canary');
  });
});
