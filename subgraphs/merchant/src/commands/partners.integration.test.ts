import { randomBytes } from 'node:crypto';
import { ACCESS_CHANGED } from '@localplus/event-bus';
import { newId, toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type HouseMerchant,
  type MerchantHouse,
  newKey,
  openMerchantHouse,
  refusalOf,
} from '../../test/merchant-house.ts';
import { writePartnerKey } from '../domain/partner.ts';
import { InvalidInput } from '../domain/refusals.ts';
import { resolvePartnerKey } from '../queries/resolve-caller.ts';
import { issuePartnerKey } from './issue-partner-key.ts';
import { registerPartner } from './register-partner.ts';
import { revokePartnerKey } from './revoke-partner-key.ts';

let house: MerchantHouse;
beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
});
afterAll(() => house.close());

async function addPartner(): Promise<{ merchant: HouseMerchant; partnerId: string }> {
  const merchant = await house.addMerchant();
  const input = { idempotencyKey: newKey(), merchantId: merchant.id, name: 'Till' };
  const scopes = ['points:burn', 'points:earn'] as const;
  return { merchant, ...(await registerPartner(house, merchant.owner, { ...input, scopes })) };
}
const issue = ({ owner }: HouseMerchant, partnerId: string) =>
  issuePartnerKey(house, owner, { idempotencyKey: newKey(), partnerId });
const accessOf = async (key: string) => (await resolvePartnerKey(house.database, key)).partner;

test('a key lets its partner act for its merchant, with its scopes', async () => {
  const { merchant, partnerId } = await addPartner();
  const { key, partnerKeyId } = await issue(merchant, partnerId);
  expect(key).toMatch(new RegExp(`^${partnerKeyId}_[A-Za-z0-9_-]{43}$`));
  expect(await accessOf(key!)).toEqual({ partnerId, merchantId: merchant.id, scopes: ['points:earn', 'points:burn'] });
});

test('a key is shown once: a replay has none, and the database keeps none', async () => {
  const { merchant, partnerId } = await addPartner();
  const input = { idempotencyKey: newKey(), partnerId };
  const first = await issuePartnerKey(house, merchant.owner, input);
  const second = await issuePartnerKey(house, merchant.owner, input);
  expect(second).toEqual({ ...first, key: undefined, isReplay: true });
  const secret = first.key!.slice(first.partnerKeyId.length + 1);
  for (const table of ['partner_keys', 'idempotency_keys', 'outbox']) {
    const { rows } = await house.database.query<{ text: string }>(`SELECT t::text AS text FROM ${table} AS t`);
    expect(rows.filter(({ text }) => text.includes(secret))).toEqual([]);
  }
});

test('a wrong secret, an unknown key and no key at all let nobody act', async () => {
  const { merchant, partnerId } = await addPartner();
  const { key, partnerKeyId } = await issue(merchant, partnerId);
  const wrong = writePartnerKey(partnerKeyId, randomBytes(32));
  const unknown = writePartnerKey(newId('lpk'), randomBytes(32));
  for (const attempt of [wrong, unknown, `${key}A`, key!.slice(0, -1), partnerKeyId, '', 'lpk_']) {
    expect(await accessOf(attempt)).toBeUndefined();
  }
});

test('a revoked key lets nobody act, and stays revoked as of the first time', async () => {
  const { merchant, partnerId } = await addPartner();
  const [revoked, kept] = [await issue(merchant, partnerId), await issue(merchant, partnerId)];
  const revoke = () =>
    revokePartnerKey(house, merchant.owner, { idempotencyKey: newKey(), partnerKeyId: revoked.partnerKeyId });
  const revokedAt = house.now;
  await revoke();
  house.now = new Date(revokedAt.getTime() + 60_000);
  await revoke();
  const row = await house.prisma.partnerKey.findUnique({ where: { id: toUuid(revoked.partnerKeyId, 'lpk') } });
  expect(row?.revokedAt).toEqual(revokedAt);
  expect(await accessOf(revoked.key!)).toBeUndefined();
  expect(await accessOf(kept.key!)).toMatchObject({ partnerId });
});

test('a partner without a scope is refused', async () => {
  const { id: merchantId, owner } = await house.addMerchant();
  const attempt = registerPartner(house, owner, { idempotencyKey: newKey(), merchantId, name: 'Till', scopes: [] });
  expect(await refusalOf(attempt)).toBeInstanceOf(InvalidInput);
});

test('a partner has at most 10 keys in use; a revoked one makes room', async () => {
  const { merchant, partnerId } = await addPartner();
  const keys = [];
  for (let count = 0; count < 10; count++) keys.push(await issue(merchant, partnerId));
  expect(await refusalOf(issue(merchant, partnerId))).toMatchObject({ code: 'MerchantLimitReached', countMax: 10 });
  const partnerKeyId = keys[0]!.partnerKeyId;
  await revokePartnerKey(house, merchant.owner, { idempotencyKey: newKey(), partnerKeyId });
  await issue(merchant, partnerId);
});

test('a merchant has at most 100 partners', async () => {
  const { merchant } = await addPartner();
  const merchantId = merchant.id;
  await house.database.query(
    `INSERT INTO partners (id, merchant_id, name, scopes)
     SELECT uuidv7(), $1, 'Till', ARRAY['points:earn'] FROM generate_series(1, 99)`,
    [toUuid(merchantId, 'mer')],
  );
  const input = { idempotencyKey: newKey(), merchantId, name: 'Till', scopes: ['points:earn'] as const };
  const attempt = registerPartner(house, merchant.owner, input);
  expect(await refusalOf(attempt)).toMatchObject({ code: 'MerchantLimitReached', countMax: 100 });
});

test('the issue and the revocation of a key are told of by partner', async () => {
  const { merchant, partnerId } = await addPartner();
  const { partnerKeyId } = await issue(merchant, partnerId);
  await revokePartnerKey(house, merchant.owner, { idempotencyKey: newKey(), partnerKeyId });
  const [, ...events] = await house.events(ACCESS_CHANGED, merchant.id);
  expect(events.map(({ value }) => value)).toEqual([
    { merchantId: merchant.id, partnerId, reason: 'PARTNER_KEY_ISSUED' },
    { merchantId: merchant.id, partnerId, reason: 'PARTNER_KEY_REVOKED' },
  ]);
});
