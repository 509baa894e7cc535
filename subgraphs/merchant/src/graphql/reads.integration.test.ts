import { newId } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase } from '@localplus/test-database';
import type { GraphQLUnionType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumer, issuer, operator, partnerOf, person, staffOf } from '../../test/callers.ts';
import { ask } from '../../test/graphql-house.ts';
import { type HouseMerchant, type MerchantHouse, newKey, openMerchantHouse, terms } from '../../test/merchant-house.ts';
import { addStaffMember } from '../commands/add-staff-member.ts';
import { changeProgram } from '../commands/change-program.ts';
import { suspendMerchant } from '../commands/change-status.ts';
import { createProgram } from '../commands/create-program.ts';
import { issuePartnerKey } from '../commands/issue-partner-key.ts';
import { openStore } from '../commands/open-store.ts';
import { registerPartner } from '../commands/register-partner.ts';
import { schema } from './schema.ts';

let house: MerchantHouse;
/** Live, with a partner, its key, and a cashier of one store. */
let live: Awaited<ReturnType<typeof addFullMerchant>>;
/** A draft, likewise. */
let draft: Awaited<ReturnType<typeof addFullDraft>>;
let other: HouseMerchant;

beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
  live = await addFullMerchant();
  draft = await addFullDraft();
  other = await house.addLiveMerchant();
});
afterAll(() => house.close());

async function furnish<Merchant extends HouseMerchant>(merchant: Merchant, storeId: string) {
  const { id: merchantId, owner } = merchant;
  const subject = newKey();
  const { staffMemberId } = await addStaffMember(house, owner, {
    ...{ idempotencyKey: newKey(), merchantId, displayName: 'Chloé', role: 'cashier', storeIds: [storeId] },
    login: { issuer, subject },
  });
  const partner = { idempotencyKey: newKey(), merchantId, name: 'Till', scopes: ['points:earn'] as const };
  const { partnerId } = await registerPartner(house, owner, partner);
  await issuePartnerKey(house, owner, { idempotencyKey: newKey(), partnerId });
  const self = person(subject, { merchantId, role: 'cashier' });
  return { ...merchant, storeId, staffMemberId, partnerId, self };
}
async function addFullMerchant() {
  const merchant = await house.addLiveMerchant();
  return furnish(merchant, merchant.storeId);
}
async function addFullDraft() {
  const merchant = await house.addMerchant();
  const store = { idempotencyKey: newKey(), merchantId: merchant.id, name: 'Secret', city: 'Lyon' };
  const { storeId } = await openStore(house, merchant.owner, store);
  const program = { idempotencyKey: newKey(), merchantId: merchant.id, terms, startsAt: undefined };
  const { programId } = await createProgram(house, merchant.owner, program);
  return { ...(await furnish(merchant, storeId)), programId };
}

const readPublic = (caller: Caller, id: string) =>
  ask<{ merchant: unknown }>(
    house,
    caller,
    `query ($id: ID!) { merchant(id: $id) {
       id name legalName country timeZone currency status version
       stores { edges { cursor node { id name city merchant { id } } } pageInfo { hasNextPage endCursor } }
       programs { edges { node { id currency pointAssetCode version startsAt pointName points perAmountMinor rounding
         minimumPurchaseMinor pointValidityDays versions { edges { node { version points } } } } } }
     } }`,
    { id },
  );

test('whoever is signed in reads what a live merchant shows to the public', async () => {
  for (const caller of [consumer, live.self, staffOf(other.id, 'owner'), partnerOf(other.id), operator]) {
    const { data, codes } = await readPublic(caller, live.id);
    expect(codes).toEqual([]);
    expect(data.merchant).toMatchObject({
      ...{ id: live.id, name: 'Le Fournil', status: 'LIVE', currency: 'EUR', timeZone: 'Europe/Paris', version: '3' },
      stores: {
        edges: [{ cursor: live.storeId, node: { id: live.storeId, city: 'Lyon', merchant: { id: live.id } } }],
        pageInfo: { hasNextPage: false, endCursor: live.storeId },
      },
      programs: {
        edges: [
          {
            node: {
              ...{ id: live.programId, version: 1, pointName: 'croissant', points: '1', perAmountMinor: '100' },
              ...{ rounding: 'DOWN', minimumPurchaseMinor: '0', pointValidityDays: null },
              versions: { edges: [{ node: { version: 1, points: '1' } }] },
            },
          },
        ],
      },
    });
  }
});

test('a suspended merchant still shows itself, and why only to those who run it', async () => {
  const suspended = await house.addLiveMerchant();
  await suspendMerchant(house, operator, { idempotencyKey: newKey(), merchantId: suspended.id, reason: 'Unpaid fees' });
  const read = (caller: Caller) =>
    ask<{ merchant: unknown }>(house, caller, 'query ($id: ID!) { merchant(id: $id) { status statusReason } }', {
      id: suspended.id,
    });
  for (const caller of [suspended.owner, suspended.manager, operator]) {
    expect((await read(caller)).data.merchant).toEqual({ status: 'SUSPENDED', statusReason: 'Unpaid fees' });
  }
  expect(await read(consumer)).toMatchObject({
    data: { merchant: { status: 'SUSPENDED', statusReason: null } },
    codes: [],
  });
  expect(await read(suspended.cashier)).toMatchObject({
    data: { merchant: { status: 'SUSPENDED', statusReason: null } },
    codes: ['FORBIDDEN'],
  });
});

const inside = `query ($id: ID!) { merchant(id: $id) {
  staff { edges { node { id displayName role worksInAllStores stores { id } } } }
  partners { edges { node { id name scopes keys { edges { node { id revokedAt } } } } } }
} }`;

test('owners, managers and operators read staff and partners', async () => {
  for (const caller of [live.owner, live.manager, operator]) {
    const { data, codes } = await ask<{ merchant: unknown }>(house, caller, inside, { id: live.id });
    expect(codes).toEqual([]);
    expect(data.merchant).toMatchObject({
      staff: {
        edges: [
          { node: { id: live.ownerId, role: 'OWNER', worksInAllStores: true, stores: [] } },
          {
            node: { id: live.staffMemberId, role: 'CASHIER', worksInAllStores: false, stores: [{ id: live.storeId }] },
          },
        ],
      },
      partners: { edges: [{ node: { id: live.partnerId, scopes: ['POINTS_EARN'], keys: { edges: [{ node: {} }] } } }] },
    });
  }
});

test('cashiers and partners of the merchant are told that a role is missing', async () => {
  for (const caller of [live.cashier, partnerOf(live.id)]) {
    const { data, codes } = await ask(house, caller, inside, { id: live.id });
    expect({ data, codes }).toEqual({
      data: { merchant: { staff: null, partners: null } },
      codes: ['FORBIDDEN', 'FORBIDDEN'],
    });
  }
});

describe('across tenants', () => {
  const strangers = () => [
    consumer,
    person('nobody'),
    other.owner,
    other.manager,
    partnerOf(other.id),
    { kind: 'service', service: 'wallet' } satisfies Caller,
  ];

  test('staff and partners are nothing to strangers, without an error', async () => {
    for (const caller of strangers()) {
      const { data, codes } = await ask(house, caller, inside, { id: live.id });
      expect({ data, codes }).toEqual({ data: { merchant: { staff: null, partners: null } }, codes: [] });
    }
  });

  test('a draft looks to strangers like a merchant that does not exist', async () => {
    for (const caller of [...strangers(), partnerOf(draft.id)]) {
      for (const id of [draft.id, newId('mer'), 'mer_x', live.storeId]) {
        const { data, codes } = await readPublic(caller, id);
        expect({ data, codes }).toEqual({ data: { merchant: null }, codes: [] });
      }
    }
    for (const caller of [draft.owner, draft.cashier, operator]) {
      expect((await readPublic(caller, draft.id)).data.merchant).toMatchObject({ id: draft.id });
    }
  });

  const entitySource = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    __typename
    ... on Merchant { id } ... on Store { id } ... on StaffMember { id displayName } ... on LoyaltyProgram { id }
    ... on Partner { id name }
  } }`;
  const entitiesOf = async (caller: Caller, representations: { __typename: string; id: string }[]) => {
    const { data, codes } = await ask<{ _entities: ({ id: string } | null)[] }>(house, caller, entitySource, {
      representations,
    });
    expect(codes).toEqual([]);
    return data._entities.map((entity) => entity?.id ?? null);
  };
  const secrets = () => [
    { __typename: 'Merchant', id: draft.id },
    { __typename: 'Store', id: draft.storeId },
    { __typename: 'LoyaltyProgram', id: draft.programId },
    { __typename: 'StaffMember', id: draft.ownerId },
    { __typename: 'StaffMember', id: live.ownerId },
    { __typename: 'StaffMember', id: live.staffMemberId },
    { __typename: 'Partner', id: live.partnerId },
    { __typename: 'Partner', id: draft.partnerId },
  ];
  const absent = [
    { __typename: 'Merchant', id: newId('mer') },
    { __typename: 'Store', id: newId('sto') },
    { __typename: 'StaffMember', id: newId('stf') },
    { __typename: 'LoyaltyProgram', id: newId('prg') },
    { __typename: 'Partner', id: newId('prt') },
    ...['Merchant', 'Store', 'StaffMember', 'LoyaltyProgram', 'Partner'].map((name) => ({ __typename: name, id: 'x' })),
  ];

  test('every entity and every query of the schema is tried here', () => {
    const entities = schema.getType('_Entity') as GraphQLUnionType;
    const tried = new Set(secrets().map(({ __typename }) => __typename));
    expect(new Set(entities.getTypes().map(({ name }) => name))).toEqual(tried);
    const queries = Object.keys(schema.getQueryType()?.getFields() ?? {}).filter((name) => !name.startsWith('_'));
    expect(queries.sort()).toEqual(['merchant', 'merchants', 'myMemberships']);
  });

  test('entities that are not for the caller are null, like those that are not there', async () => {
    for (const caller of strangers()) {
      expect(await entitiesOf(caller, [...secrets(), ...absent])).toEqual([...secrets(), ...absent].map(() => null));
    }
  });

  test('entities are there for those who may see them', async () => {
    expect(await entitiesOf(operator, secrets())).toEqual(secrets().map(({ id }) => id));
    const face = [
      { __typename: 'Merchant', id: live.id },
      { __typename: 'Store', id: live.storeId },
      { __typename: 'LoyaltyProgram', id: live.programId },
    ];
    expect(await entitiesOf(consumer, face)).toEqual(face.map(({ id }) => id));
    const own = [
      { __typename: 'StaffMember', id: live.staffMemberId },
      { __typename: 'Partner', id: live.partnerId },
    ];
    for (const caller of [live.owner, live.manager])
      expect(await entitiesOf(caller, own)).toEqual(own.map(({ id }) => id));
    for (const caller of [live.cashier, partnerOf(live.id)])
      expect(await entitiesOf(caller, own)).toEqual([null, null]);
  });

  test('a staff member sees their own entry and no other', async () => {
    const representations = [live.staffMemberId, live.ownerId].map((id) => ({ __typename: 'StaffMember', id }));
    expect(await entitiesOf(live.self, representations)).toEqual([live.staffMemberId, null]);
  });
});

test('a caller reads what they are at every merchant that they work for', async () => {
  const source = '{ myMemberships { id role merchant { id name } stores { id } } }';
  expect((await ask(house, live.self, source)).data).toEqual({
    myMemberships: [
      {
        id: live.staffMemberId,
        role: 'CASHIER',
        merchant: { id: live.id, name: 'Le Fournil' },
        stores: [{ id: live.storeId }],
      },
    ],
  });
  for (const caller of [consumer, operator, partnerOf(live.id)]) {
    expect((await ask(house, caller, source)).data).toEqual({ myMemberships: [] });
  }
});

describe('lists', () => {
  test('are read page by page, each thing once and in order', async () => {
    const merchant = await house.addLiveMerchant();
    const ids = [merchant.storeId];
    for (let count = 1; count < 5; count++) {
      const store = { idempotencyKey: newKey(), merchantId: merchant.id, name: `Store ${count}`, city: 'Lyon' };
      ids.push((await openStore(house, merchant.owner, store)).storeId);
    }
    const source = `query ($id: ID!, $after: String) { merchant(id: $id) { stores(first: 2, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } } }`;
    interface Stores {
      merchant: {
        stores: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      };
    }
    const seen: string[][] = [];
    for (let after: string | undefined, more = true; more; ) {
      const { data } = await ask<Stores>(house, consumer, source, { id: merchant.id, after });
      seen.push(data.merchant.stores.edges.map(({ node }) => node.id));
      ({ hasNextPage: more, endCursor: after } = data.merchant.stores.pageInfo);
    }
    expect(seen).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  test('of versions go on behind a cursor too', async () => {
    const { programId, owner } = await house.addLiveMerchant();
    for (let count = 0; count < 3; count++) {
      await changeProgram(house, owner, { idempotencyKey: newKey(), programId, terms, startsAt: undefined });
    }
    const source = `query ($representations: [_Any!]!, $after: String) { _entities(representations: $representations) {
      ... on LoyaltyProgram { versions(first: 2, after: $after) { edges { cursor node { version } } pageInfo { hasNextPage } } }
    } }`;
    const read = async (after?: string) => {
      const representations = [{ __typename: 'LoyaltyProgram', id: programId }];
      interface Versions {
        _entities: { versions: { edges: { cursor: string; node: { version: number } }[]; pageInfo: unknown } }[];
      }
      return (await ask<Versions>(house, consumer, source, { representations, after })).data._entities[0]!.versions;
    };
    const first = await read();
    expect(first.edges.map(({ node }) => node.version)).toEqual([1, 2]);
    const second = await read(first.edges[1]!.cursor);
    expect(second.edges.map(({ node }) => node.version)).toEqual([3, 4]);
    expect([first.pageInfo, second.pageInfo]).toEqual([{ hasNextPage: true }, { hasNextPage: false }]);
  });

  test('refuse a size out of bounds and a malformed cursor', async () => {
    for (const part of ['first: 0', 'first: 201', 'first: -1', 'after: "x"', `after: "${live.id}"`]) {
      const source = `query ($id: ID!) { merchant(id: $id) { id stores(${part}) { edges { cursor } } } }`;
      expect((await ask(house, consumer, source, { id: live.id })).codes).toEqual(['BAD_USER_INPUT']);
    }
  });

  test('of all merchants are for operators, drafts among them', async () => {
    const source =
      'query ($after: String) { merchants(first: 2, after: $after) { edges { cursor node { id status } } pageInfo { hasNextPage } } }';
    interface Merchants {
      merchants: { edges: { cursor: string; node: { id: string } }[]; pageInfo: { hasNextPage: boolean } };
    }
    const first = await ask<Merchants>(house, operator, source);
    expect(first.data.merchants.edges.map(({ node }) => node.id)).toEqual([live.id, draft.id]);
    const second = await ask<Merchants>(house, operator, source, { after: first.data.merchants.edges[1]!.cursor });
    expect(second.data.merchants.edges[0]!.node.id).toBe(other.id);
    for (const caller of [live.owner, consumer, partnerOf(live.id)]) {
      expect(await ask(house, caller, source)).toMatchObject({ data: { merchants: null }, codes: ['FORBIDDEN'] });
    }
  });
});

test('the number of statements does not grow with the number of merchants', async () => {
  const merchants: HouseMerchant[] = [];
  for (let count = 0; count < 12; count++) merchants.push(await house.addLiveMerchant());
  const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Merchant {
    name stores { edges { node { name merchant { name } } } }
    programs { edges { node { pointName version versions(first: 1) { edges { node { points } } } } } }
    staff { edges { node { displayName stores { name } merchant { name } } } }
    partners { edges { node { name keys { edges { node { id } } } } } }
  } } }`;
  let issued = 0;
  const query = house.database.query.bind(house.database);
  house.database.query = ((...parts: Parameters<typeof query>) => {
    issued += 1;
    return query(...parts);
  }) as typeof house.database.query;
  const statementsFor = async (count: number) => {
    issued = 0;
    const representations = merchants.slice(0, count).map(({ id }) => ({ __typename: 'Merchant', id }));
    const { codes } = await ask(house, operator, source, { representations });
    expect(codes).toEqual([]);
    return issued;
  };
  const forTwo = await statementsFor(2);
  expect(forTwo).toBeGreaterThan(8);
  expect(await statementsFor(12)).toBe(forTwo);
});
