import { MERCHANT_CHANGED } from '@localplus/event-bus';
import { toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issuer, operator } from '../../test/callers.ts';
import {
  countRows,
  type MerchantHouse,
  newKey,
  openMerchantHouse,
  profile,
  refusalOf,
  terms,
} from '../../test/merchant-house.ts';
import { InvalidInput, InvalidStatus, LimitReached, NotReady } from '../domain/refusals.ts';
import { goLive, reinstateMerchant, suspendMerchant } from './change-status.ts';
import { createMerchant } from './create-merchant.ts';
import { createProgram } from './create-program.ts';
import { openStore } from './open-store.ts';

let house: MerchantHouse;
beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
});
afterAll(() => house.close());

const readMerchant = (merchantId: string) =>
  house.prisma.merchant.findUniqueOrThrow({ where: { id: toUuid(merchantId, 'mer') } });

test('a merchant begins as a draft at version 1, with an owner who works everywhere', async () => {
  const { merchantId, ownerId } = await createMerchant(house, operator, {
    ...{ idempotencyKey: newKey(), ...profile, name: '  Le Fournil ' },
    owner: { login: { issuer, subject: 'margaux' }, displayName: 'Margaux' },
  });
  expect(await readMerchant(merchantId)).toMatchObject({
    ...profile,
    status: 'DRAFT',
    statusReason: null,
    version: 1n,
  });
  expect(await house.prisma.staffMember.findUnique({ where: { id: toUuid(ownerId, 'stf') } })).toMatchObject({
    ...{ issuer, subject: 'margaux', login: `${issuer}|margaux`, displayName: 'Margaux' },
    ...{ role: 'owner', worksInAllStores: true },
  });
});

test('a merchant with bad input is not created, and every problem is named', async () => {
  const attempt = createMerchant(house, operator, {
    ...{ idempotencyKey: newKey(), name: '', legalName: 'x', country: 'XX', timeZone: '+01:00', currency: 'EURO' },
    owner: { login: { issuer: 'a|b', subject: '' }, displayName: '\n' },
  });
  const refusal = await refusalOf(attempt);
  expect(refusal).toBeInstanceOf(InvalidInput);
  expect((refusal as InvalidInput).problems.map(({ field }) => field)).toEqual([
    ...['name', 'country', 'timeZone', 'currency'],
    ...['owner.login.issuer', 'owner.login.subject', 'owner.displayName'],
  ]);
});

test('a merchant goes live once it has a store and a program; a refused attempt leaves the key free', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  const attempt = { idempotencyKey: newKey(), merchantId };
  expect(await refusalOf(goLive(house, owner, attempt))).toMatchObject({ missing: ['STORE', 'PROGRAM'] });
  await openStore(house, owner, { idempotencyKey: newKey(), merchantId, name: 'Graslin', city: 'Nantes' });
  expect(await refusalOf(goLive(house, owner, attempt))).toMatchObject({ missing: ['PROGRAM'] });
  await createProgram(house, owner, { idempotencyKey: newKey(), merchantId, terms, startsAt: undefined });
  expect(await goLive(house, owner, attempt)).toMatchObject({ status: 'LIVE', isReplay: false, merchantVersion: '3' });
  expect(await refusalOf(goLive(house, owner, { ...attempt, idempotencyKey: newKey() }))).toBeInstanceOf(InvalidStatus);
});

test('a refusal to go live writes nothing', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  expect(await refusalOf(goLive(house, owner, { idempotencyKey: newKey(), merchantId }))).toBeInstanceOf(NotReady);
  expect(await readMerchant(merchantId)).toMatchObject({ status: 'DRAFT', version: 1n });
  expect(await house.events(MERCHANT_CHANGED, merchantId)).toHaveLength(1);
});

test('a merchant is suspended with a reason, which is gone when it is reinstated', async () => {
  const { id: merchantId } = await house.addLiveMerchant();
  const suspension = { idempotencyKey: newKey(), merchantId, reason: ' Unpaid fees ' };
  await suspendMerchant(house, operator, suspension);
  expect(await readMerchant(merchantId)).toMatchObject({ status: 'SUSPENDED', statusReason: 'Unpaid fees' });
  const again = suspendMerchant(house, operator, { ...suspension, idempotencyKey: newKey() });
  expect(await refusalOf(again)).toMatchObject({ code: 'MerchantInvalidStatus', status: 'SUSPENDED' });
  await reinstateMerchant(house, operator, { idempotencyKey: newKey(), merchantId });
  expect(await readMerchant(merchantId)).toMatchObject({ status: 'LIVE', statusReason: null });
  const twice = reinstateMerchant(house, operator, { idempotencyKey: newKey(), merchantId });
  expect(await refusalOf(twice)).toMatchObject({ code: 'MerchantInvalidStatus', status: 'LIVE' });
});

test('a suspension without a reason is refused', async () => {
  const { id: merchantId } = await house.addLiveMerchant();
  const attempt = suspendMerchant(house, operator, { idempotencyKey: newKey(), merchantId, reason: ' ' });
  expect(await refusalOf(attempt)).toMatchObject({ problems: [{ field: 'reason' }] });
});

test('a draft cannot be suspended', async () => {
  const { id: merchantId } = await house.addMerchant();
  const attempt = suspendMerchant(house, operator, { idempotencyKey: newKey(), merchantId, reason: 'Fraud' });
  expect(await refusalOf(attempt)).toMatchObject({ status: 'DRAFT' });
});

test('a replay answers what the first attempt answered, whatever has happened since', async () => {
  const { id: merchantId } = await house.addLiveMerchant();
  const suspension = { idempotencyKey: newKey(), merchantId, reason: 'Unpaid fees' };
  const first = await suspendMerchant(house, operator, suspension);
  await reinstateMerchant(house, operator, { idempotencyKey: newKey(), merchantId });
  expect(await suspendMerchant(house, operator, suspension)).toEqual({ ...first, isReplay: true });
  expect((await readMerchant(merchantId)).status).toBe('LIVE');
});

test('the version rises by one with each store and each status, also when stores open at once', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  const openings = Array.from({ length: 10 }, (_, index) =>
    openStore(house, owner, { idempotencyKey: newKey(), merchantId, name: `Store ${index}`, city: 'Lyon' }),
  );
  const versions = (await Promise.all(openings)).map(({ merchantVersion }) => Number(merchantVersion));
  expect(versions.toSorted((left, right) => left - right)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(await countRows(house, 'stores', merchantId)).toBe(10);
});

test('a merchant has at most 500 stores', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  await house.database.query(
    `INSERT INTO stores (id, merchant_id, name, city) SELECT uuidv7(), $1, 'Store', 'Lyon' FROM generate_series(1, 499)`,
    [toUuid(merchantId, 'mer')],
  );
  const opening = () => openStore(house, owner, { idempotencyKey: newKey(), merchantId, name: 'Last', city: 'Lyon' });
  await opening();
  expect(await refusalOf(opening())).toMatchObject({ code: 'MerchantLimitReached', countMax: 500 });
  expect(await refusalOf(opening())).toBeInstanceOf(LimitReached);
});

test('a store without a name or a city is refused', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  const attempt = openStore(house, owner, { idempotencyKey: newKey(), merchantId, name: '', city: 'x'.repeat(101) });
  expect(await refusalOf(attempt)).toMatchObject({ problems: [{ field: 'name' }, { field: 'city' }] });
});

test('the events of a merchant are its states: one for each version, without a gap', async () => {
  const { id: merchantId, owner, storeId } = await house.addLiveMerchant();
  await suspendMerchant(house, operator, { idempotencyKey: newKey(), merchantId, reason: 'Fraud' });
  const second = await openStore(house, owner, { idempotencyKey: newKey(), merchantId, name: 'B', city: 'Lyon' });
  const base = { merchantId, name: profile.name, timeZone: profile.timeZone, country: profile.country };
  const events = await house.events(MERCHANT_CHANGED, merchantId);
  expect(events.map(({ version, value }) => ({ version, value }))).toEqual([
    { version: 1n, value: { ...base, version: '1', status: 'DRAFT', storeIds: [] } },
    { version: 2n, value: { ...base, version: '2', status: 'DRAFT', storeIds: [storeId] } },
    { version: 3n, value: { ...base, version: '3', status: 'LIVE', storeIds: [storeId] } },
    { version: 4n, value: { ...base, version: '4', status: 'SUSPENDED', storeIds: [storeId] } },
    { version: 5n, value: { ...base, version: '5', status: 'SUSPENDED', storeIds: [storeId, second.storeId] } },
  ]);
});

test('the outbox is told of every commit, so that events leave at once', async () => {
  const before = house.wakes;
  await house.addMerchant();
  expect(house.wakes).toBe(before + 1);
});
