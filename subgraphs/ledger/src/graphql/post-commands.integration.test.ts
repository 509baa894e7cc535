import { fromUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumer, partnerOf, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import { findFaults } from '../../test/invariants.ts';
import {
  type HouseMerchant,
  type HouseWallet,
  type LedgerHouse,
  newKey,
  openLedgerHouse,
} from '../../test/ledger-house.ts';
import { countStatements } from '../../test/statement-count.ts';
import { commandsMax } from '../commands/many-commands.ts';

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
  house.now = null;
});

afterEach(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

const document = `mutation ($input: PostCommandsInput!) { postCommands(input: $input) { __typename
  ... on Refusal { code message } ... on LedgerInvalidCommandCount { maximum }
  ... on PostCommandsSuccess { isWritten isReplay results { __typename
    ... on Refusal { code } ... on LedgerInsufficientBalance { available }
    ... on LedgerCommandSuccess { transaction { id kind } balances { available } version isReplay balanceState } } } } }`;

interface Result {
  __typename: string;
  code?: string;
  transaction?: { id: string; kind: string };
  [field: string]: unknown;
}
interface Answered {
  postCommands: { __typename: string; isWritten: boolean; isReplay: boolean; results: Result[] };
}

async function post(mode: 'ATOMIC' | 'EACH', commands: unknown[], caller = owner) {
  const answer = await ask<Answered>(caller, document, { input: { mode, commands } });
  const { data, codes } = answer;
  return { codes, ...data?.postCommands, results: data?.postCommands?.results ?? [] };
}

const earning = (euros: number, { walletId = wallet.wallet, idempotencyKey = newKey(), ...more } = {}) => ({
  earnPoints: {
    ...{ idempotencyKey, walletId, purchase: { amountMinor: `${euros}00`, currency: 'EUR' } },
    ...more,
  },
});
const spending = (points: number, { walletId = wallet.wallet, idempotencyKey = newKey() } = {}) => ({
  burnPoints: { idempotencyKey, walletId, points },
});
const kindsOf = ({ results }: { results: Result[] }) => results.map(({ __typename }) => __typename);
const availableOf = async ({ holderId }: HouseWallet = wallet) => (await house.stateOf(holderId)).available;

describe('each by itself', () => {
  test('commands are carried out in their order, and each has its own outcome', async () => {
    const answer = await post('EACH', [earning(12), spending(20), spending(5), earning(3, { walletId: 'wal_none' })]);
    expect(answer).toMatchObject({ __typename: 'PostCommandsSuccess', isWritten: true, isReplay: false, codes: [] });
    expect(answer.results).toEqual([
      {
        __typename: 'EarnPointsSuccess',
        transaction: { id: expect.stringMatching(/^trx_/), kind: 'EARN' },
        balances: [{ available: '12' }],
        version: '1',
        isReplay: false,
        balanceState: 'CURRENT',
      },
      { __typename: 'LedgerInsufficientBalance', code: 'LedgerInsufficientBalance', available: '12' },
      expect.objectContaining({ __typename: 'BurnPointsSuccess', balances: [{ available: '7' }], version: '2' }),
      { __typename: 'LedgerUnknownHolder', code: 'LedgerUnknownHolder' },
    ]);
  });

  test('commands of every kind go together', async () => {
    const other = await house.openWallet(merchant);
    const first = await post('EACH', [
      earning(100),
      spending(10),
      ...[20, 5].map((points) => ({ placeHold: { idempotencyKey: newKey(), walletId: wallet.wallet, points } })),
      {
        transferPoints: {
          ...{ idempotencyKey: newKey(), fromWalletId: wallet.wallet, toWalletId: other.wallet, points: 7 },
        },
      },
    ]);
    expect(kindsOf(first)).toEqual([
      ...['EarnPointsSuccess', 'BurnPointsSuccess', 'PlaceHoldSuccess', 'PlaceHoldSuccess', 'TransferPointsSuccess'],
    ]);
    const [earned, burned] = first.results.map(({ transaction }) => transaction?.id);
    const { rows: holds } = await house.pool.query<{ id: string }>(
      'SELECT id FROM hold WHERE holder_id = $1 ORDER BY amount',
      [wallet.holderId],
    );
    const [small, large] = holds.map(({ id }) => fromUuid('hol', id));
    const second = await post('EACH', [
      { captureHold: { idempotencyKey: newKey(), holdId: large } },
      { releaseHold: { idempotencyKey: newKey(), holdId: small } },
      { refundTransaction: { idempotencyKey: newKey(), transactionId: burned, points: 4, reason: 'damaged' } },
      {
        returnPurchase: { idempotencyKey: newKey(), transactionId: earned, amountMinor: '1000', reason: 'wrong-size' },
      },
      { reverseTransaction: { idempotencyKey: newKey(), transactionId: burned, reason: 'wrong-customer' } },
    ]);
    expect(kindsOf(second)).toEqual([
      ...['CaptureHoldSuccess', 'ReleaseHoldSuccess', 'RefundTransactionSuccess', 'ReturnPurchaseSuccess'],
      'ReverseTransactionSuccess',
    ]);
    // 100 earned, 20 captured, 7 given, 10 taken back with the returned part.
    expect(await availableOf()).toBe(63n);
  });

  test('sent again they answer what they were answered first, and write nothing', async () => {
    const commands = [earning(12), spending(20), spending(5)];
    const first = await post('EACH', commands);
    house.told.length = 0;
    const second = await post('EACH', commands);
    expect(second).toMatchObject({ isWritten: false, isReplay: false });
    expect(second.results).toEqual(
      first.results.map((result) => ('isReplay' in result ? { ...result, isReplay: true } : expect.anything())),
    );
    // The wallet is told of all that is repeated at once, as it is of a commit.
    expect(house.told.map(({ length }) => length)).toEqual([2]);
  });

  test('rights are decided for each: what the caller may not do costs the others nothing', async () => {
    const elsewhere = await house.openWallet(await house.addMerchant(), 50n);
    const cashier = staffOf(merchant.merchant, 'cashier');
    const { transaction } = (await post('EACH', [earning(30)])).results[0] ?? {};
    const answer = await post(
      'EACH',
      [
        { reverseTransaction: { idempotencyKey: newKey(), transactionId: transaction?.id, reason: 'wrong-customer' } },
        spending(1, { walletId: elsewhere.wallet }),
        spending(1),
      ],
      cashier,
    );
    expect(kindsOf(answer)).toEqual(['LedgerForbidden', 'LedgerUnknownHolder', 'BurnPointsSuccess']);
    const till = partnerOf(merchant.merchant, ['points:earn']);
    expect(kindsOf(await post('EACH', [earning(1), spending(1)], till))).toEqual([
      ...['EarnPointsSuccess', 'LedgerForbidden'],
    ]);
  });

  test('an item that holds no command, or two, is refused by itself', async () => {
    const answer = await post('EACH', [{}, { ...earning(1), ...spending(1) }, earning(2)]);
    expect(kindsOf(answer)).toEqual(['LedgerInvalidCommand', 'LedgerInvalidCommand', 'EarnPointsSuccess']);
  });

  test('a thousand earnings of as many wallets look for holders, terms and keys once', async () => {
    const wallets: HouseWallet[] = [];
    for (let count = 0; count < commandsMax; count += 100) {
      wallets.push(...(await Promise.all(Array.from({ length: 100 }, () => house.openWallet(merchant)))));
    }
    const commands = wallets.map(({ wallet: walletId }) => earning(1, { walletId }));
    const cold = await openLedgerHouse({ ...house.database, drop: async () => undefined });
    try {
      const statements = countStatements(cold.pool);
      const answer = await openDoor(cold).ask<Answered>(owner, document, { input: { mode: 'EACH', commands } });
      expect(new Set(kindsOf(answer.data.postCommands))).toEqual(new Set(['EarnPointsSuccess']));
      expect(statements()).toEqual({ 'find-holder': 1, 'load-program': 1 });
      const withReference = document.replace('id kind', 'id kind reference');
      const again = await openDoor(cold).ask<Answered>(owner, withReference, { input: { mode: 'EACH', commands } });
      expect(again.data.postCommands).toMatchObject({ isReplay: true, isWritten: false });
      expect(statements()).toMatchObject({ 'find-holder': 1, 'find-first-result': 1, prisma: 1 });
    } finally {
      await cold.close();
    }
  }, 60_000);
});

describe('an atomic group', () => {
  test('is carried out whole, in one commit, for several merchants', async () => {
    const other = await house.addMerchant();
    const there = await house.openWallet(other);
    const both: Caller = {
      ...{ kind: 'person', subject: 'https://issuer.example|owner', isPlatformOperator: false },
      memberships: [merchant, other].map((each) => ({ merchantId: each.merchant, role: 'owner', storeIds: 'all' })),
    };
    const answer = await post('ATOMIC', [earning(12), earning(9, { walletId: there.wallet }), spending(5)], both);
    expect(answer).toMatchObject({ isWritten: true, isReplay: false });
    expect(kindsOf(answer)).toEqual(['EarnPointsSuccess', 'EarnPointsSuccess', 'BurnPointsSuccess']);
    const { rows } = await house.pool.query(
      'SELECT count(DISTINCT recorded_at)::integer AS commits FROM transaction WHERE holder_id = ANY ($1)',
      [[wallet.holderId, there.holderId]],
    );
    expect(rows).toEqual([{ commits: 1 }]);
  });

  test.each([
    ['under the lock', () => spending(50), 'LedgerInsufficientBalance'],
    ['before', () => earning(0), 'LedgerInvalidAmount'],
    ['for a wallet of others', () => earning(1, { walletId: 'wal_none' }), 'LedgerUnknownHolder'],
    ['for holding no command', () => ({}), 'LedgerInvalidCommand'],
  ])('of which one is refused %s is refused whole, and leaves its keys free', async (_when, refused, code) => {
    const good = earning(12);
    const answer = await post('ATOMIC', [good, refused()]);
    expect(answer).toMatchObject({ isWritten: false, isReplay: false, codes: [] });
    expect(kindsOf(answer)).toEqual(['LedgerGroupRefused', code]);
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 0n });
    expect(await post('ATOMIC', [good])).toMatchObject({ isWritten: true });
  });

  test('sent again answers what it was answered first, however things have changed since', async () => {
    const occurredAt = new Date().toISOString();
    const commands = [earning(12, { occurredAt } as object), spending(5)];
    const first = await post('ATOMIC', commands);
    await post('EACH', [spending(7)]);
    const repeated = first.results.map((result) => ({ ...result, isReplay: true }));
    expect(await post('ATOMIC', commands)).toMatchObject({ isWritten: false, isReplay: true, results: repeated });
    // Now the purchase is reported too late to be taken, but it was taken.
    house.now = new Date(Date.now() + 80 * 3_600_000);
    expect(await post('ATOMIC', commands)).toMatchObject({ isWritten: false, isReplay: true, results: repeated });
  });

  test('of which only some keys were used is refused whole, and says which', async () => {
    const occurredAt = new Date().toISOString();
    const known = earning(12, { occurredAt } as object);
    await post('EACH', [known]);
    const fresh = spending(5);
    expect(await post('ATOMIC', [fresh, known])).toMatchObject({
      isWritten: false,
      isReplay: false,
      results: [{ code: 'LedgerGroupRefused' }, { code: 'LedgerGroupKeyUsed' }],
    });
    house.now = new Date(Date.now() + 80 * 3_600_000);
    expect(kindsOf(await post('ATOMIC', [fresh, known]))).toEqual(['LedgerGroupRefused', 'LedgerGroupKeyUsed']);
    expect(await availableOf()).toBe(12n);
    house.now = null;
    expect(kindsOf(await post('EACH', [fresh, known]))).toEqual(['BurnPointsSuccess', 'EarnPointsSuccess']);
  });

  test('with one key twice is refused whole', async () => {
    const one = earning(12);
    expect(kindsOf(await post('ATOMIC', [one, one]))).toEqual(['LedgerGroupRefused', 'LedgerGroupKeyUsed']);
    expect(await availableOf()).toBe(0n);
  });

  test('with a key that was used for other input is refused whole', async () => {
    const idempotencyKey = newKey();
    await post('EACH', [earning(12, { idempotencyKey })]);
    const answer = await post('ATOMIC', [spending(1), earning(13, { idempotencyKey })]);
    expect(kindsOf(answer)).toEqual(['LedgerGroupRefused', 'LedgerIdempotencyKeyReused']);
  });

  test('of a thousand is one commit', async () => {
    const answer = await post(
      'ATOMIC',
      Array.from({ length: commandsMax }, () => earning(1)),
    );
    expect(answer).toMatchObject({ isWritten: true });
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 1_000n, posted: 1_000n });
  });

  test('sent from sixteen sides at once is carried out once', async () => {
    const commands = [earning(12), spending(5), earning(1)];
    const answers = await Promise.all(Array.from({ length: 16 }, () => post('ATOMIC', commands)));
    expect(answers.filter(({ isWritten }) => isWritten)).toHaveLength(1);
    expect(answers.filter(({ isReplay }) => isReplay)).toHaveLength(15);
    expect(await house.stateOf(wallet.holderId)).toMatchObject({ version: 3n, available: 8n });
  });
});

describe('what comes to the door', () => {
  test('no command, and more than a thousand, are refused', async () => {
    const many = Array.from({ length: commandsMax + 1 }, () => earning(1));
    for (const commands of [[], many]) {
      expect(await post('EACH', commands)).toMatchObject({
        __typename: 'LedgerInvalidCommandCount',
        maximum: commandsMax,
      });
    }
    expect(await availableOf()).toBe(0n);
  });

  test('a malformed key is a fault of the client, and nothing is carried out', async () => {
    const answer = await post('EACH', [earning(1), earning(1, { idempotencyKey: 'Camille Martin' })]);
    expect(answer).toMatchObject({ codes: ['BAD_USER_INPUT'], results: [] });
    expect(await availableOf()).toBe(0n);
  });

  test('who may give no command anywhere is turned away', async () => {
    expect(await post('EACH', [earning(1)], consumer(wallet.consumer))).toMatchObject({ codes: ['FORBIDDEN'] });
  });
});
