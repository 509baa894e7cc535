import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphqlAnswer } from './platform/graphql-client.ts';
import { expectNoInnerDetails } from './platform/inner-details.ts';
import { makeLogin } from './platform/logins.ts';
import { addMerchant, type TestMerchant, type TestWallet } from './platform/merchants.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import {
  burnDocument,
  earn,
  earnDocument,
  newKey,
  posted,
  purchaseOf,
  readWallet,
  reverseDocument,
  walletDocument,
} from './platform/till.ts';
import { waitUntil } from './platform/wait-until.ts';

const absentWallet = 'wal_01jdzzzzzzfzzvzzzzzzzzzzzz';
const pastGreatest = `1${'0'.repeat(30)}`;
const suspensionPromiseMs = 1_000;

let platform: Platform;
let merchant: TestMerchant;
let other: TestMerchant;
let wallet: TestWallet;
let otherWallet: TestWallet;

beforeAll(async () => {
  platform = await startPlatform();
  [merchant, other] = [await addMerchant(platform), await addMerchant(platform)];
  [wallet, otherWallet] = [await merchant.enroll(), await other.enroll()];
  await earn(platform, merchant.cashier, { walletId: wallet.id, points: 40 });
  await earn(platform, other.cashier, { walletId: otherWallet.id, points: 40 });
});
afterAll(() => platform?.stop());

type Command = 'earnPoints' | 'burnPoints' | 'reverseTransaction';
const documents: Record<Command, string> = {
  earnPoints: earnDocument,
  burnPoints: burnDocument,
  reverseTransaction: reverseDocument,
};
type Answer = Partial<
  Record<Command, { __typename: string; code?: string; message?: string; available?: string } | null>
>;

async function send(
  command: Command,
  input: Record<string, unknown>,
  token = merchant.manager,
): Promise<GraphqlAnswer<Answer>> {
  const answer = await platform.graphql<Answer>(token, documents[command], {
    input: { idempotencyKey: newKey(), ...input },
  });
  expectNoInnerDetails(platform, answer.body);
  return answer;
}

function expectFailure(answer: GraphqlAnswer<unknown>, code: string): void {
  expect([answer.body, answer.errors.map(({ extensions }) => extensions?.code)]).toEqual([answer.body, [code]]);
}

/** The state of what a refused command must not have touched. */
async function expectUntouched(): Promise<void> {
  expect(await readWallet(platform, merchant.owner, wallet.id)).toMatchObject({ version: '1' });
  expect(await readWallet(platform, other.owner, otherWallet.id)).toMatchObject({ version: '1' });
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const earning = (change: Record<string, unknown>) => () => ({
  walletId: wallet.id,
  purchase: purchaseOf(1),
  ...change,
});
const burning = (change: Record<string, unknown>) => () => ({ walletId: wallet.id, points: '1', ...change });
const amountOf = (amountMinor: string) => earning({ purchase: { amountMinor, currency: 'EUR' } });

describe('an outcome that a till can act on is a refusal with a code of its own', () => {
  test.each<[string, Command, () => Record<string, unknown>, string]>([
    ['a purchase of a negative amount', 'earnPoints', amountOf('-1'), 'LedgerInvalidAmount'],
    ['a purchase of nothing', 'earnPoints', amountOf('0'), 'LedgerInvalidAmount'],
    ['a purchase beyond every bound', 'earnPoints', amountOf(pastGreatest), 'LedgerInvalidAmount'],
    ['a burn of a negative amount', 'burnPoints', burning({ points: '-1' }), 'LedgerInvalidAmount'],
    ['a burn of nothing', 'burnPoints', burning({ points: '0' }), 'LedgerInvalidAmount'],
    ['a burn beyond every bound', 'burnPoints', burning({ points: pastGreatest }), 'LedgerInvalidAmount'],
    [
      'another currency',
      'earnPoints',
      earning({ purchase: { amountMinor: '100', currency: 'USD' } }),
      'LedgerCurrencyMismatch',
    ],
    ['an unknown wallet, earning', 'earnPoints', earning({ walletId: absentWallet }), 'LedgerUnknownHolder'],
    ['an unknown wallet, burning', 'burnPoints', burning({ walletId: absentWallet }), 'LedgerUnknownHolder'],
    ['what is no wallet at all', 'earnPoints', earning({ walletId: 'nonsense' }), 'LedgerUnknownHolder'],
    [
      "another merchant's wallet, earning",
      'earnPoints',
      () => ({ ...earning({})(), walletId: otherWallet.id }),
      'LedgerUnknownHolder',
    ],
    [
      "another merchant's wallet, burning",
      'burnPoints',
      () => ({ ...burning({})(), walletId: otherWallet.id }),
      'LedgerUnknownHolder',
    ],
    ['more than the balance', 'burnPoints', burning({ points: '41' }), 'LedgerInsufficientBalance'],
    [
      'a purchase of four days ago',
      'earnPoints',
      () => earning({ occurredAt: inMinutes(-4 * 24 * 60) })(),
      'LedgerInvalidTime',
    ],
    ['a purchase of the future', 'earnPoints', () => earning({ occurredAt: inMinutes(5) })(), 'LedgerInvalidTime'],
    ['a reference with a space', 'earnPoints', earning({ reference: 'Camille Martin' }), 'LedgerInvalidReference'],
    ['a reference that is too long', 'burnPoints', burning({ reference: 'a'.repeat(65) }), 'LedgerInvalidReference'],
    ['an empty reference', 'burnPoints', burning({ reference: '' }), 'LedgerInvalidReference'],
  ])('%s: %s', async (_, command, input, code) => {
    const answer = await send(command, input());
    expect(answer).toMatchObject({ status: 200, errors: [], data: { [command]: { __typename: code, code } } });
    expect(answer.data?.[command]?.message).toMatch(/\.$/);
    await expectUntouched();
  });

  test('an amount out of bounds is told the bounds', async () => {
    const document = `mutation($input: EarnPointsInput!) {
      earnPoints(input: $input) { ... on LedgerInvalidAmount { code minimum maximum } }
    }`;
    const input = { idempotencyKey: newKey(), ...amountOf('0')() };
    const answer = await platform.ask<{ earnPoints: Record<string, string> }>(merchant.cashier, document, { input });
    expect(answer.earnPoints).toEqual({
      code: 'LedgerInvalidAmount',
      minimum: '1',
      maximum: expect.stringMatching(/^[1-9]\d+$/),
    });
    const { maximum = '' } = answer.earnPoints;

    const past = await send('earnPoints', amountOf(String(BigInt(maximum) + 1n))());
    expect(past.data?.earnPoints?.__typename).toBe('LedgerInvalidAmount');
  });

  test('a burn and a reversal of what is spent are told what is available', async () => {
    const spender = await merchant.enroll();
    const { transaction } = posted(await earn(platform, merchant.cashier, { walletId: spender.id, points: 10 }));
    await send('burnPoints', { walletId: spender.id, points: '4' });
    const burn = await send('burnPoints', { walletId: spender.id, points: '7' });
    const reversal = await send('reverseTransaction', { transactionId: transaction.id, reason: 'return' });
    expect(burn.data?.burnPoints).toMatchObject({ __typename: 'LedgerInsufficientBalance', available: '6' });
    expect(reversal.data?.reverseTransaction).toMatchObject({
      __typename: 'LedgerInsufficientBalance',
      available: '6',
    });
  });

  test("an unknown wallet and another merchant's have one answer, to the letter", async () => {
    for (const [command, input] of [
      ['earnPoints', { purchase: purchaseOf(1) }],
      ['burnPoints', { points: '1' }],
    ] as const) {
      const [absent, foreign] = await Promise.all([
        send(command, { ...input, walletId: absentWallet }),
        send(command, { ...input, walletId: otherWallet.id }),
      ]);
      expect(foreign.body).toBe(absent.body);
      expect(foreign.status).toBe(absent.status);
    }
  });

  test("on reads an unknown wallet and another merchant's are null, without an error", async () => {
    const answers = await Promise.all(
      [absentWallet, otherWallet.id, 'nonsense', ''].map((id) =>
        platform.graphql(merchant.manager, walletDocument, { id }),
      ),
    );
    for (const { status, body } of answers) expect([status, body]).toEqual([200, '{"data":{"wallet":null}}']);
  });

  test('a key used before with other input', async () => {
    const keyed = await merchant.enroll();
    const idempotencyKey = newKey();
    await send('earnPoints', { idempotencyKey, walletId: keyed.id, purchase: purchaseOf(3) });
    const answer = await send('earnPoints', { idempotencyKey, walletId: keyed.id, purchase: purchaseOf(4) });
    expect(answer.data?.earnPoints).toMatchObject({ code: 'LedgerIdempotencyKeyReused' });
    // Nothing of the first input is told to whoever guesses a key.
    expect(answer.body).not.toContain(keyed.id);
    expect(answer.body).not.toContain('300');
  });

  test('a merchant that is suspended, within a second, until it is reinstated', async () => {
    const suspended = await addMerchant(platform);
    const held = await suspended.enroll();
    const attempt = async () =>
      (await send('earnPoints', { walletId: held.id, purchase: purchaseOf(1) }, suspended.owner)).data?.earnPoints
        ?.__typename;
    expect(await attempt()).toBe('EarnPointsSuccess');
    await suspended.suspend();
    await waitUntil(
      'the suspension holds',
      async () => (await attempt()) === 'LedgerMerchantNotLive',
      suspensionPromiseMs,
    );
    const burn = await send('burnPoints', { walletId: held.id, points: '1' }, suspended.owner);
    expect(burn.data?.burnPoints?.__typename).toBe('LedgerMerchantNotLive');
    await suspended.reinstate();
    await waitUntil(
      'the merchant is live again',
      async () => (await attempt()) === 'EarnPointsSuccess',
      suspensionPromiseMs,
    );
  });
});

describe('a request that cannot be answered has a stable code', () => {
  test.each<[string, Record<string, unknown>]>([
    ['a fraction', { amountMinor: '12.5', currency: 'EUR' }],
    ['a word', { amountMinor: 'twelve', currency: 'EUR' }],
    ['an exponent', { amountMinor: '1e3', currency: 'EUR' }],
    ['an empty text', { amountMinor: '', currency: 'EUR' }],
    ['a truth value', { amountMinor: true, currency: 'EUR' }],
    ['a list', { amountMinor: [1], currency: 'EUR' }],
    ['a fraction as a number', { amountMinor: 1.5, currency: 'EUR' }],
    ['nothing', { currency: 'EUR' }],
    ['a field that there is not', { amountMinor: '1', currency: 'EUR', discount: '1' }],
  ])('%s instead of an integer: BAD_USER_INPUT', async (_, purchase) => {
    expectFailure(await send('earnPoints', { walletId: wallet.id, purchase }), 'BAD_USER_INPUT');
    await expectUntouched();
  });

  test('a wrong type in the text of the operation', async () => {
    const query = `mutation { earnPoints(input: { idempotencyKey: "${newKey()}", walletId: "${wallet.id}",
      purchase: { amountMinor: 1.5, currency: "EUR" } }) { __typename } }`;
    const answer = await platform.graphql(merchant.cashier, query);
    expectNoInnerDetails(platform, answer.body);
    expect(answer.errors.length).toBeGreaterThan(0);
    for (const { extensions } of answer.errors)
      expect(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']).toContain(extensions?.code);
  });

  test.each([
    ['a field that there is not', '{ wallet(id: "x") { pin } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['what is no GraphQL', '{ wallet(', 'GRAPHQL_PARSE_FAILED'],
    [
      'a document nested too deep',
      `{ myConsumer ${'{ wallets { consumer '.repeat(12)} { id } ${'} }'.repeat(12)} }`,
      'QUERY_TOO_DEEP',
    ],
  ])('%s: %s %s', async (_, query, code) => {
    const answer = await platform.graphql(merchant.manager, query);
    expectNoInnerDetails(platform, answer.body);
    expectFailure(answer, code);
    expect(answer.data ?? null).toBeNull();
  });

  test('a body above a megabyte: HTTP 413 and PAYLOAD_TOO_LARGE', async () => {
    const body = JSON.stringify({ query: '{ myConsumer { id } }', variables: { padding: 'x'.repeat(1_100_000) } });
    const answer = await platform.client.post(platform.run().gateway.http, body, {
      authorization: `Bearer ${wallet.token}`,
    });
    expect(answer.status).toBe(413);
    expectNoInnerDetails(platform, answer.body);
    expectFailure(answer, 'PAYLOAD_TOO_LARGE');
  });

  test('a body just below a megabyte is read', async () => {
    const body = JSON.stringify({ query: '{ myConsumer { id } }', variables: { padding: 'x'.repeat(990_000) } });
    const answer = await platform.client.post(platform.run().gateway.http, body, {
      authorization: `Bearer ${wallet.token}`,
    });
    expect([answer.status, answer.errors]).toEqual([200, []]);
  });
});

describe('who is not known, or may not, is told so and nothing else', () => {
  async function expectRefused(token: string | undefined, code: string): Promise<void> {
    for (const [query, variables] of [
      [walletDocument, { id: wallet.id }],
      [earnDocument, { input: { idempotencyKey: newKey(), walletId: wallet.id, purchase: purchaseOf(1) } }],
    ] as const) {
      const answer = await platform.graphql(token, query, variables);
      expectNoInnerDetails(platform, answer.body);
      expectFailure(answer, code);
      expect(answer.body).not.toContain(wallet.id);
    }
    await expectUntouched();
  }

  test('no token', () => expectRefused(undefined, 'UNAUTHENTICATED'));
  test('what is no token', () => expectRefused('nonsense', 'UNAUTHENTICATED'));
  test('an unknown partner key', () =>
    expectRefused(`lpk_01jdzzzzzzfzzvzzzzzzzzzzzz_${'a'.repeat(43)}`, 'UNAUTHENTICATED'));
  test('a token that was signed by somebody else', async () => {
    const stranger = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JWK;
    const { token } = await makeLogin(platform, { key: { ...stranger, kid: 'development-issuer' } });
    await expectRefused(token, 'UNAUTHENTICATED');
  });
  test('a token whose content was changed', async () => {
    const { token } = await makeLogin(platform);
    const [header, , signature] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'operator', exp: 9_999_999_999 })).toString('base64url');
    await expectRefused([header, claims, signature].join('.'), 'UNAUTHENTICATED');
  });
  test('a token without a signature', async () => {
    const [, claims] = (await makeLogin(platform)).token.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    await expectRefused(`${header}.${claims}.`, 'UNAUTHENTICATED');
  });
  test('a token that has expired', async () => {
    const { token } = await makeLogin(platform, { expiresInS: -60 });
    await expectRefused(token, 'TOKEN_EXPIRED');
  });

  test.each<[string, () => string, Command, () => Record<string, unknown>]>([
    ['a consumer who earns', () => wallet.token, 'earnPoints', earning({})],
    ['a consumer who burns', () => wallet.token, 'burnPoints', burning({})],
    [
      'a cashier who undoes',
      () => merchant.cashier,
      'reverseTransaction',
      () => ({ transactionId: merchant.id.replace('mer_', 'trx_'), reason: 'x' }),
    ],
    [
      'a consumer who undoes',
      () => wallet.token,
      'reverseTransaction',
      () => ({ transactionId: merchant.id.replace('mer_', 'trx_'), reason: 'x' }),
    ],
  ])('%s: FORBIDDEN', async (_, token, command, input) => {
    expectFailure(await send(command, input(), token()), 'FORBIDDEN');
    await expectUntouched();
  });

  test('a partner whose key lacks the scope: FORBIDDEN; with it: carried out', async () => {
    const earner = await merchant.addPartner(['POINTS_EARN']);
    expectFailure(await send('burnPoints', burning({})(), earner), 'FORBIDDEN');
    const earned = await merchant.enroll();
    const answer = await send('earnPoints', { walletId: earned.id, purchase: purchaseOf(1) }, earner);
    expect(answer.data?.earnPoints?.__typename).toBe('EarnPointsSuccess');
    await expectUntouched();
  });
});
