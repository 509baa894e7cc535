import { newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { consumer, operator, partnerOf, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import { findFaults } from '../../test/invariants.ts';
import {
  type HouseMerchant,
  type HouseWallet,
  type LedgerHouse,
  newKey,
  openLedgerHouse,
} from '../../test/ledger-house.ts';
import { burning, capturing, holding, releasing, transferring } from '../../test/requests.ts';

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
  wallet = await house.openWallet(merchant, 1_000n);
  owner = staffOf(merchant.merchant);
});
afterEach(async () => {
  for (const id of platformLimits.splice(0)) await end(id, operator());
  expect(await findFaults(house.pool)).toEqual([]);
});
afterAll(() => house.close());

/** Limits of everybody, which would bind the tests after this one too. */
const platformLimits: string[] = [];

interface LimitSeen {
  id: string;
  use: {
    amount: string;
    count: string;
    amountLeft: string | null;
    countLeft: string | null;
    periodEndsAt: string | null;
  } | null;
  [field: string]: unknown;
}
interface Outcome {
  __typename: string;
  limit: LimitSeen;
  isReplay: boolean;
  [field: string]: unknown;
}

const limitFields = `id isOfAllMerchants country assetCode movement countedPer period timeZone amountMaximum countMaximum
  endedAt use { amount count amountLeft countLeft periodEndsAt }`;

async function define(terms: Record<string, unknown>, caller = owner): Promise<Outcome> {
  const source = `mutation ($input: DefineLimitInput!) { defineLimit(input: $input) { __typename
    ... on Refusal { code message } ... on LedgerInvalidLimit { field }
    ... on DefineLimitSuccess { limit { ${limitFields} } isReplay } } }`;
  const input = {
    ...{ idempotencyKey: newKey(), merchantId: merchant.merchant, assetCode: merchant.pointAssetCode },
    ...{ movement: 'SPEND', countedPer: 'HOLDER', period: 'DAY', ...terms },
  };
  const { data, codes } = await ask<{ defineLimit: Outcome }>(caller, source, { input });
  expect(codes).toEqual([]);
  if (data.defineLimit.limit?.isOfAllMerchants === true) platformLimits.push(data.defineLimit.limit.id);
  return data.defineLimit;
}

async function end(limitId: string, caller = owner, idempotencyKey = newKey()): Promise<Outcome> {
  const source = `mutation ($input: EndLimitInput!) { endLimit(input: $input) { __typename
    ... on Refusal { code } ... on EndLimitSuccess { limit { id endedAt } isReplay } } }`;
  const { data, codes } = await ask<{ endLimit: Outcome }>(caller, source, { input: { idempotencyKey, limitId } });
  expect(codes).toEqual([]);
  return data.endLimit;
}

async function limitsOf(type: 'Wallet' | 'Merchant', caller = owner): Promise<LimitSeen[] | null> {
  const id = type === 'Wallet' ? wallet.wallet : merchant.merchant;
  const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on ${type} { limits { ${limitFields} } } } }`;
  const { data } = await ask<{ _entities: ({ limits: LimitSeen[] | null } | null)[] }>(caller, source, {
    representations: [{ __typename: type, id }],
  });
  return data._entities[0]?.limits ?? null;
}

async function run(doing: Parameters<typeof house.earning>[2]) {
  const [decision] = await house.run([await house.earning(wallet.holderId, 1n, doing)]);
  return decision;
}
const burn = async (points: bigint, more = {}) =>
  run({ ...burning(await house.holder(wallet.holderId), points), ...more });

test('what a limit leaves can be spent, not a point more; whoever sees the wallet sees what is left', async () => {
  const { limit } = await define({ amountMaximum: '100' });
  expect(await burn(60n)).toMatchObject({ status: 'DONE' });
  expect(await burn(41n)).toMatchObject({
    status: 'LIMIT_EXCEEDED',
    limit: { countedPer: 'HOLDER', period: 'DAY', amountLeft: 40n },
  });
  expect(await burn(40n)).toMatchObject({ status: 'DONE' });
  expect(await limitsOf('Wallet', consumer(wallet.consumer))).toEqual([
    {
      ...{
        id: limit.id,
        isOfAllMerchants: false,
        country: null,
        assetCode: merchant.pointAssetCode,
        movement: 'SPEND',
      },
      ...{ countedPer: 'HOLDER', period: 'DAY', timeZone: 'Europe/Paris', amountMaximum: '100', countMaximum: null },
      ...{ endedAt: null },
      use: { amount: '100', count: '2', amountLeft: '0', countLeft: null, periodEndsAt: expect.any(String) },
    },
  ]);
});

test('a refusal by a limit says which, and what it leaves, through the door', async () => {
  const { limit } = await define({ amountMaximum: '10' });
  const source = `mutation ($input: BurnPointsInput!) { burnPoints(input: $input) { __typename
    ... on LedgerLimitExceeded { limitId amountLeft countLeft } } }`;
  const input = { idempotencyKey: newKey(), walletId: wallet.wallet, points: '11' };
  const { data } = await ask(owner, source, { input });
  expect(data.burnPoints).toEqual({
    ...{ __typename: 'LedgerLimitExceeded', limitId: limit.id, amountLeft: '10', countLeft: null },
  });
});

test('a hold counts when it is placed; its capture does not count again, and its release does not count back', async () => {
  await define({ amountMaximum: '100' });
  const holder = await house.holder(wallet.holderId);
  const [kept, given] = [newUuid(), newUuid()];
  expect(await run(holding(holder, 60n, kept))).toMatchObject({ status: 'DONE' });
  expect(await run(holding(holder, 30n, given))).toMatchObject({ status: 'DONE' });
  expect(await run(capturing(kept))).toMatchObject({ status: 'DONE' });
  expect(await run(releasing(given))).toMatchObject({ status: 'DONE' });
  expect(await burn(11n)).toMatchObject({ status: 'LIMIT_EXCEEDED', limit: { amountLeft: 10n } });
});

test('a number of times is counted too, for earning, and for what leaves a wallet for another', async () => {
  const other = await house.openWallet(merchant);
  await define({ movement: 'EARN', countMaximum: '1' });
  await define({ movement: 'TRANSFER', countMaximum: '1' });
  const [from, to] = [await house.holder(wallet.holderId), await house.holder(other.holderId)];
  expect(await run({})).toMatchObject({ status: 'DONE' });
  expect(await run({})).toMatchObject({ status: 'LIMIT_EXCEEDED', limit: { countLeft: 0n } });
  expect(await run(transferring(from, to, 1n))).toMatchObject({ status: 'DONE' });
  expect(await run(transferring(from, to, 1n))).toMatchObject({ status: 'LIMIT_EXCEEDED' });
  expect(await burn(1n)).toMatchObject({ status: 'DONE' });
});

test('a limit per merchant counts all its wallets together, and no other merchant', async () => {
  await define({ countedPer: 'MERCHANT', period: 'MONTH', amountMaximum: '50' });
  const neighbour = await house.openWallet(merchant, 100n);
  const stranger = await house.openWallet(await house.addMerchant(), 100n);
  const burnOf = async (holderId: string) => {
    const request = await house.earning(holderId, 1n, burning(await house.holder(holderId), 30n));
    return (await house.run([request]))[0];
  };
  expect(await burnOf(neighbour.holderId)).toMatchObject({ status: 'DONE' });
  expect(await burn(30n)).toMatchObject({
    status: 'LIMIT_EXCEEDED',
    limit: { countedPer: 'MERCHANT', amountLeft: 20n },
  });
  expect(await burnOf(stranger.holderId)).toMatchObject({ status: 'DONE' });
  expect(await limitsOf('Merchant')).toMatchObject([{ use: { amount: '30', amountLeft: '20' } }]);
});

test('the operator limits a country: its merchants count together, and only the operator sees how much', async () => {
  await define(
    { merchantId: null, country: 'FR', countedPer: 'COUNTRY', timeZone: 'UTC', amountMaximum: '10' },
    operator(),
  );
  expect(await burn(8n)).toMatchObject({ status: 'DONE' });
  expect(await burn(8n)).toMatchObject({ status: 'LIMIT_EXCEEDED', limit: { countedPer: 'COUNTRY', amountLeft: 2n } });
  expect(await burn(8n, { country: 'BE' })).toMatchObject({ status: 'DONE' });
  expect(await limitsOf('Merchant')).toMatchObject([{ isOfAllMerchants: true, country: 'FR', use: null }]);
  expect(await limitsOf('Merchant', operator())).toMatchObject([{ use: { amount: '8' } }]);
});

test('in doubt a limit is closed: whose country is not known keeps the limits of every country', async () => {
  await define({ merchantId: null, country: 'FR', timeZone: 'UTC', amountMaximum: '0' }, operator());
  expect(await burn(1n, { country: 'DE' })).toMatchObject({ status: 'DONE' });
  expect(await burn(1n, { country: undefined })).toMatchObject({ status: 'LIMIT_EXCEEDED' });
});

test('in doubt a limit is closed: one whose time zone PostgreSQL does not know any more leaves nothing, and says which it is', async () => {
  const { limit } = await define({ amountMaximum: '10', timeZone: 'Europe/Paris' });
  const other = await house.openWallet(await house.addMerchant(), 10n);
  await withAdminConnection(house.database.adminConnectionString, (administrator) =>
    administrator.query("UPDATE ledger.limit_rule SET time_zone = 'Europe/Atlantis' WHERE id = $1", [
      toUuid(limit.id, 'lim'),
    ]),
  );
  const burns = await Promise.all(
    [wallet, other].map(async ({ holderId }) => house.earning(holderId, 1n, burning(await house.holder(holderId), 1n))),
  );
  expect(await house.run(burns)).toMatchObject([
    { status: 'LIMIT_EXCEEDED', limit: { ruleId: toUuid(limit.id, 'lim'), amountLeft: 0n, countLeft: 0n } },
    { status: 'DONE' },
  ]);
  expect(await limitsOf('Merchant')).toMatchObject([{ id: limit.id, timeZone: 'Europe/Atlantis' }]);
  expect(await limitsOf('Wallet')).toMatchObject([{ use: { amount: '0', amountLeft: '0', periodEndsAt: null } }]);
  expect(await end(limit.id)).toMatchObject({ __typename: 'EndLimitSuccess' });
  expect(await burn(1n)).toMatchObject({ status: 'DONE' });
});

test('64 commands at once pass a limit together no further than one by one', async () => {
  await define({ countedPer: 'MERCHANT', amountMaximum: '100' });
  const wallets = await Promise.all(Array.from({ length: 8 }, () => house.openWallet(merchant, 100n)));
  const requests = await Promise.all(
    wallets.flatMap(({ holderId }) =>
      Array.from({ length: 8 }, async () => house.earning(holderId, 1n, burning(await house.holder(holderId), 7n))),
    ),
  );
  const decisions = (await Promise.all(requests.map((request) => house.run([request])))).flat();
  expect(decisions.filter(({ status }) => status === 'DONE')).toHaveLength(14);
  expect(decisions.filter(({ status }) => status === 'LIMIT_EXCEEDED')).toHaveLength(50);
});

test('a new period begins at midnight in the time zone of the limit', async () => {
  await define({ amountMaximum: '10', timeZone: 'Europe/Paris' });
  house.now = new Date('2026-06-30T21:59:00Z');
  expect(await burn(10n)).toMatchObject({ status: 'DONE' });
  expect(await burn(1n)).toMatchObject({ status: 'LIMIT_EXCEEDED' });
  house.now = new Date('2026-06-30T22:00:00Z');
  expect(await burn(10n)).toMatchObject({ status: 'DONE' });
  house.now = null;
});

test('a limit is set once for its key, and ended once; then it binds nobody', async () => {
  const idempotencyKey = newKey();
  const first = await define({ idempotencyKey, amountMaximum: '0' });
  expect(await define({ idempotencyKey, amountMaximum: '0' })).toEqual({ ...first, isReplay: true });
  expect(await define({ idempotencyKey, amountMaximum: '1' })).toMatchObject({ code: 'LedgerIdempotencyKeyReused' });
  expect(await burn(1n)).toMatchObject({ status: 'LIMIT_EXCEEDED' });
  const endKey = newKey();
  expect(await end(first.limit.id, owner, endKey)).toMatchObject({
    ...{ limit: { id: first.limit.id, endedAt: expect.any(String) }, isReplay: false },
  });
  expect(await end(first.limit.id, owner, endKey)).toMatchObject({ isReplay: true });
  expect(await end(first.limit.id)).toMatchObject({ code: 'LedgerUnknownLimit' });
  expect(await burn(1n)).toMatchObject({ status: 'DONE' });
  expect(await limitsOf('Merchant')).toEqual([]);
});

test('a key of a limit is no key of a posting, nor the other way round', async () => {
  const idempotencyKey = newKey();
  await define({ idempotencyKey, amountMaximum: '100' });
  expect(await burn(1n, { key: idempotencyKey })).toEqual({ status: 'KEY_REUSED' });
  const posted = newKey();
  expect(await burn(1n, { key: posted })).toMatchObject({ status: 'DONE' });
  expect(await define({ idempotencyKey: posted, amountMaximum: '5' })).toMatchObject({
    code: 'LedgerIdempotencyKeyReused',
  });
  const source = `query ($merchantId: ID!, $idempotencyKey: String!) {
    operationResult(merchantId: $merchantId, idempotencyKey: $idempotencyKey) { command transactions { id } } }`;
  const { data } = await ask(owner, source, { merchantId: merchant.merchant, idempotencyKey });
  expect(data.operationResult).toEqual({ command: 'defineLimit', transactions: [] });
});

test.each([
  ['no maximum', {}, 'amountMaximum'],
  ['a country that is none', { country: 'France', amountMaximum: '1' }, 'country'],
  ['a country that is counted and not named', { countedPer: 'COUNTRY', amountMaximum: '1' }, 'country'],
  ['a merchant that counts a country', { countedPer: 'COUNTRY', country: 'FR', amountMaximum: '1' }, 'countedPer'],
  ['a time zone that is none', { timeZone: 'Europe/Nowhere', amountMaximum: '1' }, 'timeZone'],
  ['a time zone that PostgreSQL does not know', { timeZone: 'AET', amountMaximum: '1' }, 'timeZone'],
  ['an offset for a time zone', { timeZone: '+01:00', amountMaximum: '1' }, 'timeZone'],
  ['an asset that is none', { assetCode: 'points', amountMaximum: '1' }, 'assetCode'],
  ['points of no program', { assetCode: `PTS.${newId('prg').slice('prg_'.length)}`, amountMaximum: '1' }, 'assetCode'],
])('a limit with %s is refused, and names the field', async (_what, terms, field) => {
  expect(await define(terms)).toMatchObject({
    code: 'LedgerInvalidLimit',
    field,
    message: expect.stringMatching(/\w/),
  });
});

test('amounts below zero, and more limits than may be, are refused; the key stays free', async () => {
  expect(await define({ amountMaximum: '-1' })).toMatchObject({ code: 'LedgerInvalidAmount' });
  const limits: Outcome[] = [];
  for (let n = 0; n < 32; n += 1) limits.push(await define({ amountMaximum: '1000', movement: 'TRANSFER' }));
  const idempotencyKey = newKey();
  expect(await define({ idempotencyKey, amountMaximum: '1' })).toMatchObject({ code: 'LedgerTooManyLimits' });
  await end(limits[0]?.limit.id ?? '');
  expect(await define({ idempotencyKey, amountMaximum: '1' })).toMatchObject({ isReplay: false });
});

test('limits are for those in charge of their merchant, and those of everybody for the operator', async () => {
  const { limit } = await define({ amountMaximum: '1' });
  const stranger = staffOf((await house.addMerchant()).merchant);
  expect(await define({ amountMaximum: '1' }, stranger)).toMatchObject({ code: 'LedgerUnknownMerchant' });
  expect(await end(limit.id, stranger)).toMatchObject({ code: 'LedgerUnknownLimit' });
  expect(await limitsOf('Merchant', stranger)).toBeNull();
  expect(await limitsOf('Merchant', staffOf(merchant.merchant, 'cashier'))).toBeNull();
  const source = 'mutation ($input: DefineLimitInput!) { defineLimit(input: $input) { __typename } }';
  const terms = { idempotencyKey: newKey(), assetCode: 'EUR', movement: 'SPEND', countedPer: 'HOLDER', period: 'DAY' };
  const everybody = { ...terms, timeZone: 'UTC', amountMaximum: '1' };
  for (const caller of [owner, staffOf(merchant.merchant, 'cashier'), partnerOf(merchant.merchant, ['points:burn'])]) {
    expect((await ask(caller, source, { input: everybody })).codes).toEqual(['FORBIDDEN']);
  }
});

function newUuid(): string {
  return house.batch.newId();
}
