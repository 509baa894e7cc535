import { ACCESS_CHANGED } from '@localplus/event-bus';
import { newId, toUuid } from '@localplus/identifiers';
import { loginPseudonym, loginSubject } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issuer } from '../../test/callers.ts';
import {
  countRows,
  type HouseMerchant,
  type MerchantHouse,
  newKey,
  openMerchantHouse,
  refusalOf,
} from '../../test/merchant-house.ts';
import { LastOwner, StaffMemberExists, UnknownStaffMember, UnknownStore } from '../domain/refusals.ts';
import type { Role } from '../domain/staff.ts';
import { readMemberships } from '../store/logins.ts';
import { addStaffMember } from './add-staff-member.ts';
import { changeStaffMember } from './change-staff-member.ts';
import { openStore } from './open-store.ts';
import { removeStaffMember } from './remove-staff-member.ts';

let house: MerchantHouse;
beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
});
afterAll(() => house.close());

function add({ id: merchantId, owner }: HouseMerchant, subject: string, role: Role = 'cashier', storeIds?: string[]) {
  const member = { login: { issuer, subject }, displayName: 'Camille', role, storeIds };
  return addStaffMember(house, owner, { idempotencyKey: newKey(), merchantId, ...member });
}
function change({ id: merchantId, owner }: HouseMerchant, staffMemberId: string, role: Role, storeIds?: string[]) {
  return changeStaffMember(house, owner, { idempotencyKey: newKey(), merchantId, staffMemberId, role, storeIds });
}
function remove({ id: merchantId, owner }: HouseMerchant, staffMemberId: string) {
  return removeStaffMember(house, owner, { idempotencyKey: newKey(), merchantId, staffMemberId });
}
const open = async ({ id: merchantId, owner }: HouseMerchant) =>
  (await openStore(house, owner, { idempotencyKey: newKey(), merchantId, name: 'Store', city: 'Lyon' })).storeId;

test('a new member has its role and its stores at once', async () => {
  const merchant = await house.addMerchant();
  const stores = [await open(merchant), await open(merchant)].sort();
  const subject = newKey();
  await add(merchant, subject, 'manager', stores.toReversed());
  expect(await readMemberships(house.database, { issuer, subject })).toEqual([
    { merchantId: merchant.id, role: 'manager', storeIds: stores },
  ]);
});

test('a login is staff of a merchant once, and of several merchants at will', async () => {
  const [first, second] = [await house.addMerchant(), await house.addMerchant()];
  const subject = newKey();
  await add(first, subject);
  expect(await refusalOf(add(first, subject, 'manager'))).toBeInstanceOf(StaffMemberExists);
  await add(second, subject, 'manager');
  expect(await readMemberships(house.database, { issuer, subject })).toHaveLength(2);
});

test('the same subject of another issuer is another login', async () => {
  const merchant = await house.addMerchant();
  const subject = newKey();
  await add(merchant, subject);
  expect(await readMemberships(house.database, { issuer: 'https://other.example', subject })).toEqual([]);
});

test('nobody works in a store of another merchant, or in none that exists', async () => {
  const [merchant, other] = [await house.addMerchant(), await house.addMerchant()];
  const foreign = await open(other);
  for (const storeId of [foreign, newId('sto'), 'x']) {
    expect(await refusalOf(add(merchant, newKey(), 'cashier', [storeId]))).toBeInstanceOf(UnknownStore);
  }
  expect(await countRows(house, 'staff_members', merchant.id)).toBe(1);
});

test('a change replaces role and stores', async () => {
  const merchant = await house.addMerchant();
  const [first, second] = [await open(merchant), await open(merchant)];
  const subject = newKey();
  const { staffMemberId } = await add(merchant, subject, 'cashier', [first]);
  const membership = async () => (await readMemberships(house.database, { issuer, subject }))[0];
  await change(merchant, staffMemberId, 'manager', [second]);
  expect(await membership()).toMatchObject({ role: 'manager', storeIds: [second] });
  await change(merchant, staffMemberId, 'owner');
  expect(await membership()).toMatchObject({ role: 'owner', storeIds: 'all' });
  expect(await countRows(house, 'staff_member_stores', merchant.id)).toBe(0);
});

test('a member of another merchant can be neither changed nor removed', async () => {
  const [merchant, other] = [await house.addMerchant(), await house.addMerchant()];
  for (const staffMemberId of [other.ownerId, newId('stf'), 'x']) {
    expect(await refusalOf(change(merchant, staffMemberId, 'cashier'))).toBeInstanceOf(UnknownStaffMember);
    expect(await refusalOf(remove(merchant, staffMemberId))).toBeInstanceOf(UnknownStaffMember);
  }
});

test('who leaves leaves no personal data behind, and has no rights any more', async () => {
  const merchant = await house.addMerchant();
  const subject = newKey();
  const { staffMemberId } = await add(merchant, subject, 'cashier', [await open(merchant)]);
  await remove(merchant, staffMemberId);
  expect(await readMemberships(house.database, { issuer, subject })).toEqual([]);
  const { rows } = await house.database.query<{ result: unknown }>(
    'SELECT result FROM idempotency_keys WHERE scope = $1',
    [merchant.id],
  );
  expect(JSON.stringify(rows)).not.toContain('Camille');
});

test('a removal sent again is answered, although the member is gone', async () => {
  const merchant = await house.addMerchant();
  const { staffMemberId } = await add(merchant, newKey());
  const removal = { idempotencyKey: newKey(), merchantId: merchant.id, staffMemberId };
  await removeStaffMember(house, merchant.owner, removal);
  expect(await removeStaffMember(house, merchant.owner, removal)).toMatchObject({ staffMemberId, isReplay: true });
  expect(await refusalOf(remove(merchant, staffMemberId))).toBeInstanceOf(UnknownStaffMember);
});

test('the only owner neither leaves nor steps down', async () => {
  const merchant = await house.addMerchant();
  expect(await refusalOf(remove(merchant, merchant.ownerId))).toBeInstanceOf(LastOwner);
  expect(await refusalOf(change(merchant, merchant.ownerId, 'manager'))).toBeInstanceOf(LastOwner);
});

test('two owners who remove each other at once: one stays', async () => {
  for (let round = 0; round < 10; round++) {
    const merchant = await house.addMerchant();
    const { staffMemberId } = await add(merchant, newKey(), 'owner');
    const attempts = await Promise.allSettled([
      remove(merchant, merchant.ownerId),
      round % 2 === 0 ? remove(merchant, staffMemberId) : change(merchant, staffMemberId, 'cashier'),
    ]);
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { rows } = await house.database.query<{ count: bigint }>(
      `SELECT count(*) AS count FROM staff_members WHERE merchant_id = $1 AND role = 'owner'`,
      [toUuid(merchant.id, 'mer')],
    );
    expect(rows[0]?.count).toBe(1n);
  }
});

test('every change of rights is told of by login, in order, and names nobody', async () => {
  const merchant = await house.addMerchant();
  const subject = newKey();
  const { staffMemberId } = await add(merchant, subject);
  await change(merchant, staffMemberId, 'manager');
  await remove(merchant, staffMemberId);
  const events = await house.events(ACCESS_CHANGED, merchant.id);
  expect(events.map(({ version }) => version)).toEqual([1n, 2n, 3n, 4n]);
  const whose = { merchantId: merchant.id, loginPseudonym: loginPseudonym(loginSubject({ issuer, subject })) };
  expect(events.slice(1).map(({ value }) => value)).toEqual([
    { ...whose, reason: 'STAFF_MEMBER_ADDED' },
    { ...whose, reason: 'STAFF_MEMBER_CHANGED' },
    { ...whose, reason: 'STAFF_MEMBER_REMOVED' },
  ]);
  const told = JSON.stringify(events.map(({ value }) => value));
  expect(told).not.toContain('Camille');
  expect(told).not.toContain(subject);
});

test('a merchant has at most 5,000 staff', async () => {
  const merchant = await house.addMerchant();
  await house.database.query(
    `INSERT INTO staff_members (id, merchant_id, issuer, subject, display_name, role, works_in_all_stores)
     SELECT uuidv7(), $1, $2, 'many-' || n, 'Many', 'cashier', true FROM generate_series(1, 4999) AS n`,
    [toUuid(merchant.id, 'mer'), issuer],
  );
  expect(await refusalOf(add(merchant, newKey()))).toMatchObject({ code: 'MerchantLimitReached', countMax: 5_000 });
});
