import { fromUuid, newId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { consumer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import { type HouseMerchant, type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, reversing } from '../../test/requests.ts';

/** Transactions of the busy wallet. */
const count = 25;

let house: LedgerHouse;
let ask: Ask;
let merchant: HouseMerchant;
let other: HouseMerchant;
let wallet: HouseWallet;
let neighbour: HouseWallet;
/** `trx_…` of the busy wallet, oldest first. */
const transactions: string[] = [];

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  ({ ask } = openDoor(house));
  [merchant, other] = [await house.addMerchant(), await house.addMerchant()];
  [wallet, neighbour] = [await house.openWallet(merchant), await house.openWallet(merchant)];
  for (let index = 0; index < count; index += 1) {
    const spend = index % 3 === 2 ? burning(await house.holder(wallet.holderId), 1n) : {};
    const request = await house.earning(wallet.holderId, 2n, {
      storeId: merchant.storeIds[0],
      reference: 'r-1',
      ...spend,
    });
    await house.writer.post(request);
    transactions.push(fromUuid('trx', request.transactionId));
  }
  await house.writer.post(await house.earning(neighbour.holderId, 7n));
});

afterAll(() => house.close());

interface Page {
  edges: { cursor: string; node: { id: string; version: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const entities = (selection: string) => `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ${selection} } }`;

async function entity<Entity>(caller: Caller, type: string, id: string, selection: string) {
  const representations = [{ __typename: type, id }];
  const { data, codes } = await ask<{ _entities: (Entity | null)[] }>(
    caller,
    entities(`... on ${type} { ${selection} }`),
    { representations },
  );
  expect(codes).toEqual([]);
  return data._entities[0];
}

const page = 'edges { cursor node { id version } } pageInfo { hasNextPage endCursor }';

describe("a wallet's history", () => {
  test('comes newest first, page by page, without a gap or a repeat', async () => {
    const caller = consumer(wallet.consumer);
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages += 1) {
      const selection: string = `transactions(first: 10${after ? `, after: "${after}"` : ''}) { ${page} }`;
      const found: { transactions: Page } | null | undefined = await entity(caller, 'Wallet', wallet.wallet, selection);
      const { edges, pageInfo }: Page = found!.transactions;
      seen.push(...edges.map(({ node }) => node.id));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(transactions.toReversed());
  });

  test('of many wallets is one statement, whatever else they ask for', async () => {
    const wallets = [];
    for (let index = 0; index < 30; index += 1) wallets.push(await house.openWallet(merchant, 3n));
    const representations = wallets.map(({ wallet: id }) => ({ __typename: 'Wallet', id }));
    const query = vi.spyOn(house.pool, 'query');
    const { data } = await ask<{ _entities: { transactions: Page }[] }>(
      staffOf(merchant.merchant, 'cashier'),
      entities(`... on Wallet { transactions { ${page} } }`),
      { representations },
    );
    const statements = query.mock.calls.map(([statement]) => (statement as { name?: string }).name);
    query.mockRestore();
    expect(statements.filter((name) => name === 'list-transactions')).toHaveLength(1);
    expect(data._entities.map(({ transactions: { edges } }) => edges.length)).toEqual(Array(30).fill(1));
  });

  test.each([0, 101, -1])('a page of %i is refused', async (first) => {
    const { codes } = await ask(operator(), entities(`... on Wallet { transactions(first: ${first}) { ${page} } }`), {
      representations: [{ __typename: 'Wallet', id: wallet.wallet }],
    });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  test('a cursor that is none is refused', async () => {
    const { codes } = await ask(operator(), entities(`... on Wallet { transactions(after: "x") { ${page} } }`), {
      representations: [{ __typename: 'Wallet', id: wallet.wallet }],
    });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('a transaction', () => {
  const query = 'query ($id: ID!) { ledgerTransaction(id: $id) { id } }';

  test('shows what was posted, and on which accounts', async () => {
    const { data } = await ask(
      consumer(wallet.consumer),
      `query ($id: ID!) { ledgerTransaction(id: $id) {
        id kind wallet { id } merchant { id } store { id } program { id } programVersion reference
        purchase { amountMinor currency } points occurredAt version balancesAfter { posted } reverses { id } reversedBy { id }
        postings { position amount asset { code } debitAccount { id kind normalSide balance } creditAccount { kind balance } } } }`,
      { id: transactions[0] },
    );
    expect(data).toEqual({
      ledgerTransaction: {
        id: transactions[0],
        kind: 'EARN',
        wallet: { id: wallet.wallet },
        merchant: { id: merchant.merchant },
        store: { id: merchant.stores[0] },
        program: { id: fromUuid('prg', merchant.programId) },
        programVersion: 1,
        reference: 'r-1',
        purchase: { amountMinor: '100', currency: 'EUR' },
        points: '2',
        occurredAt: expect.any(String),
        version: '1',
        balancesAfter: [{ posted: '2' }],
        reverses: null,
        reversedBy: null,
        postings: [
          {
            position: 1,
            amount: '2',
            asset: { code: merchant.pointAssetCode },
            // The issuer's own books are not the consumer's to see.
            debitAccount: {
              id: expect.stringMatching(/^acc_/),
              kind: 'POINTS_COST',
              normalSide: 'DEBIT',
              balance: null,
            },
            creditAccount: { kind: 'POINTS_LIABILITY', balance: expect.any(String) },
          },
        ],
      },
    });
  });

  test('and its reversal name each other', async () => {
    const { holderId, consumer: consumerId } = await house.openWallet(merchant);
    const earned = await house.earning(holderId, 4n);
    const undo = await house.earning(holderId, 1n, reversing(earned.transactionId));
    for (const request of [earned, undo]) await house.writer.post(request);
    const [first, second] = [earned, undo].map(({ transactionId }) => fromUuid('trx', transactionId));
    const selection = '{ reverses { id } reversedBy { id } reason points }';
    const { data } = await ask(
      consumer(consumerId),
      `query { first: ledgerTransaction(id: "${first}") ${selection} second: ledgerTransaction(id: "${second}") ${selection} }`,
    );
    expect(data).toEqual({
      first: { reverses: null, reversedBy: { id: second }, reason: null, points: '4' },
      second: { reverses: { id: first }, reversedBy: null, reason: 'test', points: '-4' },
    });
  });

  test.each([
    ['its consumer', () => consumer(wallet.consumer), true],
    ['staff of its merchant', () => staffOf(merchant.merchant, 'cashier'), true],
    ['a partner that may read wallets', () => partnerOf(merchant.merchant, ['wallets:read']), true],
    ['a platform operator', operator, true],
    ['another consumer', () => consumer(neighbour.consumer), false],
    ['staff of another merchant', () => staffOf(other.merchant), false],
    ['a partner of another merchant', () => partnerOf(other.merchant, ['wallets:read']), false],
    ['a partner that may not read wallets', () => partnerOf(merchant.merchant, ['points:earn']), false],
    ['a stranger', () => person(), false],
  ])('%s: %3$s', async (_who, caller, isSeen) => {
    const [id] = transactions;
    const { data } = await ask(caller(), query, { id });
    expect(data).toEqual({ ledgerTransaction: isSeen ? { id } : null });
    expect(await entity(caller(), 'LedgerTransaction', id!, 'id')).toEqual(isSeen ? { id } : null);
    const history = await entity(caller(), 'Wallet', wallet.wallet, 'transactions { edges { node { id } } }');
    expect(Boolean((history as { transactions?: unknown } | null)?.transactions)).toBe(isSeen);
  });

  test.each([newId('trx'), newId('wal'), 'nonsense'])('that is not there (%s) is null', async (id) => {
    expect(await ask(operator(), query, { id })).toMatchObject({ data: { ledgerTransaction: null }, codes: [] });
    expect(await entity(operator(), 'LedgerTransaction', id, 'id')).toBeNull();
  });
});

describe('an account', () => {
  async function accounts() {
    const { rows } = await house.pool.query<{ id: string; kind: string }>(
      `SELECT id, kind FROM account WHERE holder_id = $1 OR (merchant_id = $2 AND kind = 'POINTS_COST')`,
      [wallet.holderId, merchant.merchantId],
    );
    return Object.fromEntries(rows.map(({ id, kind }) => [kind, fromUuid('acc', id)]));
  }

  test.each([
    ['its consumer', () => consumer(wallet.consumer), true, false],
    ['an owner', () => staffOf(merchant.merchant), true, true],
    ['a platform operator', operator, true, true],
    ['another consumer', () => consumer(neighbour.consumer), false, false],
    ['an owner of another merchant', () => staffOf(other.merchant), false, false],
  ])('as %s sees it', async (_who, caller, seesOwn, seesIssuer) => {
    const { POINTS_LIABILITY: own, POINTS_COST: issuer } = await accounts();
    const seen = async (id: string) => (await entity(caller(), 'LedgerAccount', id, 'id balance')) !== null;
    expect([await seen(own!), await seen(issuer!)]).toEqual([seesOwn, seesIssuer]);
  });
});

describe('the trial balance', () => {
  const selection = 'trialBalance { rows { kind normalSide debits credits balance } isBalanced }';

  test('adds up everything ever posted, and balances', async () => {
    const found = await entity<{ trialBalance: { rows: Record<string, string>[]; isBalanced: boolean } }>(
      staffOf(merchant.merchant, 'manager'),
      'Merchant',
      merchant.merchant,
      selection,
    );
    const { rows, isBalanced } = found!.trialBalance;
    expect(isBalanced).toBe(true);
    expect(rows.map(({ kind, normalSide }) => [kind, normalSide])).toEqual([
      ['BREAKAGE_INCOME', 'CREDIT'],
      ['POINTS_COST', 'DEBIT'],
      ['POINTS_HELD', 'CREDIT'],
      ['POINTS_LIABILITY', 'CREDIT'],
      ['POINTS_PENDING', 'CREDIT'],
      ['POINTS_RECEIVABLE', 'DEBIT'],
      ['REWARD_CLEARING', 'CREDIT'],
    ]);
    const [, cost, , liability, , , clearing] = rows.map(({ balance }) => BigInt(balance!));
    expect(cost).toBe(liability! + clearing!);
  });

  test.each([
    ['a cashier', () => staffOf(merchant.merchant, 'cashier')],
    ['an owner of another merchant', () => staffOf(other.merchant)],
    ['a partner', () => partnerOf(merchant.merchant, ['wallets:read'])],
    ['a consumer', () => consumer(wallet.consumer)],
  ])('is not shown to %s', async (_who, caller) => {
    const found = await entity<{ trialBalance: unknown }>(caller(), 'Merchant', merchant.merchant, selection);
    expect(found?.trialBalance ?? null).toBeNull();
  });
});
