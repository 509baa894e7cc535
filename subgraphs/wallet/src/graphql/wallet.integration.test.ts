import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import type { Caller } from '@localplus/identity';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumer, nobody, partnerOf, platformOperator, staffOf } from '../../test/callers.ts';
import { openSubgraphHouse, type SubgraphHouse } from '../../test/subgraph-house.ts';
import { applyCommittedChanges } from '../commands/apply-balance-changes.ts';
import { readBalanceChange } from '../grpc/balance-messages.ts';

const enrollment = `mutation ($input: EnrollConsumerInput!) { enrollConsumer(input: $input) {
  __typename
  ... on EnrollConsumerSuccess { isReplay wallet { id version balances { asset { code scale } posted pending held available } } consumer { id } }
  ... on Refusal { code message }
  ... on WalletAlreadyEnrolled { walletId }
  ... on WalletInvalidContact { field }
} }`;

let database: TestDatabase;
let house: SubgraphHouse;
let otherMerchantId: string;
let alice: { walletId: string; consumerId: string };
let bob: { walletId: string; consumerId: string };
/** Alice's wallet at the other merchant. */
let aliceElsewhere: string;
const programId = () => fromUuid('prg', house.programId);

async function enroll(caller: Caller, input: Record<string, unknown>) {
  const person = { givenName: 'Camille', idempotencyKey: newId('evt'), programId: programId() };
  const { data, errors } = await house.ask(caller, enrollment, { input: { ...person, ...input } });
  expect(errors).toBeUndefined();
  return data.enrollConsumer;
}

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openSubgraphHouse(database.connectionString('wallet'));
  otherMerchantId = newId('mer');
  const otherProgram = house.merchant.addProgram(otherMerchantId);
  const staff = staffOf(house.merchantId);
  const contact = { email: 'alice@example.fr', phone: '+33612345678', givenName: 'Alice' };
  const ids = ({ wallet, consumer: person }: { wallet: { id: string }; consumer: { id: string } }) => ({
    walletId: wallet.id,
    consumerId: person.id,
  });
  alice = ids(await enroll(staff, contact));
  bob = ids(await enroll(staff, { email: 'bob@example.fr', givenName: 'Bob', locale: 'en' }));
  aliceElsewhere = (await enroll(staffOf(otherMerchantId), { ...contact, programId: otherProgram })).wallet.id;
});
afterAll(async () => {
  await house.close();
  await database.drop();
});

test('an enrollment answers with the wallet, empty and ready', async () => {
  const answer = await enroll(staffOf(house.merchantId), { email: 'carol@example.fr' });
  expect(answer).toMatchObject({
    __typename: 'EnrollConsumerSuccess',
    isReplay: false,
    wallet: {
      version: '0',
      balances: [
        { asset: { code: `PTS.${programId()}`, scale: 0 }, posted: '0', pending: '0', held: '0', available: '0' },
      ],
    },
  });
});

test('every refusal of an enrollment is a type with a code', async () => {
  const staff = staffOf(house.merchantId);
  const draft = house.merchant.addProgram(house.merchantId, 'MERCHANT_STATUS_DRAFT');
  const used = { email: 'dave@example.fr', idempotencyKey: newId('evt') };
  await enroll(staff, used);
  const expected: [Record<string, unknown>, string, Record<string, unknown>?][] = [
    [{ email: 'nonsense' }, 'WalletInvalidContact', { field: 'email' }],
    [{}, 'WalletInvalidContact', { field: 'email' }],
    [{ phone: '0612345678' }, 'WalletInvalidContact', { field: 'phone' }],
    [{ email: 'x@example.fr', givenName: '' }, 'WalletInvalidName'],
    [{ email: 'x@example.fr', locale: '??' }, 'WalletInvalidLocale'],
    [{ email: 'x@example.fr', programId: newId('prg') }, 'WalletUnknownProgram'],
    [{ email: 'x@example.fr', programId: 'nonsense' }, 'WalletUnknownProgram'],
    [{ email: 'x@example.fr', programId: draft }, 'WalletMerchantNotLive'],
    [{ email: 'alice@example.fr' }, 'WalletAlreadyEnrolled', { walletId: alice.walletId }],
    [{ ...used, givenName: 'Other' }, 'WalletIdempotencyKeyReused'],
  ];
  for (const [input, code, details] of expected) {
    const answer = await enroll(staff, input);
    expect(answer).toMatchObject({ __typename: code, code, message: expect.any(String), ...details });
  }
});

test('who may enroll nowhere is FORBIDDEN, and a key out of its form is BAD_USER_INPUT', async () => {
  const input = { idempotencyKey: 'k', programId: programId(), givenName: 'X', email: 'x@example.fr' };
  for (const caller of [nobody, consumer(alice.consumerId), partnerOf(house.merchantId, 'wallets:read')]) {
    expect((await house.ask(caller, enrollment, { input })).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
  for (const idempotencyKey of ['', 'é', 'a b', 'x'.repeat(129)]) {
    const { errors } = await house.ask(staffOf(house.merchantId), enrollment, { input: { ...input, idempotencyKey } });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  }
});

test('a neighbour that does not answer is SUBGRAPH_UNAVAILABLE without a name of an inner host', async () => {
  const other = await openSubgraphHouse(database.connectionString('wallet'));
  await other.merchant.stop();
  const input = { idempotencyKey: newId('evt'), programId: programId(), givenName: 'X', email: 'x@example.fr' };
  const { errors } = await other.ask(staffOf(house.merchantId), enrollment, { input });
  expect(errors?.[0]?.extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
  expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|at /);
  await other.close();
});

const consumerFields = 'id givenName email phone locale wallets { id merchant { id } program { id } consumer { id } }';

test('a consumer reads all of their own data, and every wallet of theirs', async () => {
  const { data } = await house.ask(consumer(alice.consumerId), `{ myConsumer { ${consumerFields} } }`);
  expect(data.myConsumer).toMatchObject({
    id: alice.consumerId,
    givenName: 'Alice',
    email: 'alice@example.fr',
    phone: '+33612345678',
    locale: 'fr-FR',
  });
  expect(data.myConsumer.wallets.map(({ id }: { id: string }) => id).toSorted()).toEqual(
    [alice.walletId, aliceElsewhere].toSorted(),
  );
});

test('who is no consumer has no consumer of their own', async () => {
  for (const caller of [
    nobody,
    staffOf(house.merchantId),
    partnerOf(house.merchantId, 'wallets:read'),
    consumer(newId('con')),
  ]) {
    expect(await house.ask(caller, '{ myConsumer { id } }')).toEqual({ data: { myConsumer: null } });
  }
});

test('staff see the name, masked contacts, and nothing of another merchant', async () => {
  for (const caller of [staffOf(house.merchantId), partnerOf(house.merchantId, 'wallets:read')]) {
    const { data } = await house.ask(
      caller,
      `query ($id: ID!) { wallet(id: $id) { consumer { ${consumerFields} } } }`,
      { id: alice.walletId },
    );
    expect(data.wallet.consumer).toMatchObject({
      givenName: 'Alice',
      email: 'a***@e***.fr',
      phone: '+33*******78',
      locale: null,
    });
    expect(data.wallet.consumer.wallets).toEqual([expect.objectContaining({ id: alice.walletId })]);
  }
});

const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Wallet { id consumer { givenName email } version }
  ... on Consumer { id givenName email wallets { id } }
  ... on Merchant { id page: wallets { edges { node { id } } } }
} }`;

test('a foreign wallet and consumer look like absent ones, in queries and in _entities', async () => {
  const foreign = [alice.walletId, bob.walletId];
  const outsiders = [
    nobody,
    consumer(newId('con')),
    staffOf(newId('mer')),
    partnerOf(newId('mer'), 'wallets:read'),
    partnerOf(house.merchantId, 'points:earn', 'wallets:enroll'),
  ];
  for (const caller of outsiders) {
    for (const id of [...foreign, newId('wal'), 'nonsense', alice.consumerId]) {
      expect(await house.ask(caller, 'query ($id: ID!) { wallet(id: $id) { id } }', { id })).toEqual({
        data: { wallet: null },
      });
    }
    const representations = [
      ...foreign.map((id) => ({ __typename: 'Wallet', id })),
      { __typename: 'Wallet', id: newId('wal') },
      { __typename: 'Wallet', id: 'nonsense' },
      { __typename: 'Consumer', id: alice.consumerId },
      { __typename: 'Consumer', id: newId('con') },
      { __typename: 'Consumer', id: 'nonsense' },
    ];
    expect(await house.ask(caller, entities, { representations })).toEqual({
      data: { _entities: representations.map(() => null) },
    });
  }
});

test('a consumer does not see another consumer of the same merchant', async () => {
  const asBob = consumer(bob.consumerId);
  const representations = [
    { __typename: 'Wallet', id: alice.walletId },
    { __typename: 'Consumer', id: alice.consumerId },
  ];
  expect((await house.ask(asBob, entities, { representations })).data._entities).toEqual([null, null]);
  expect(
    (await house.ask(asBob, 'query ($id: ID!) { wallet(id: $id) { id } }', { id: bob.walletId })).data.wallet,
  ).toEqual({ id: bob.walletId });
});

test('entities of the own house are resolved, each with what the caller may read of it', async () => {
  const representations = [
    { __typename: 'Wallet', id: alice.walletId },
    { __typename: 'Wallet', id: aliceElsewhere },
    { __typename: 'Consumer', id: alice.consumerId },
  ];
  const asStaff = await house.ask(staffOf(house.merchantId), entities, { representations });
  expect(asStaff.data._entities).toEqual([
    { __typename: 'Wallet', id: alice.walletId, version: '0', consumer: { givenName: 'Alice', email: 'a***@e***.fr' } },
    null,
    {
      __typename: 'Consumer',
      id: alice.consumerId,
      givenName: 'Alice',
      email: 'a***@e***.fr',
      wallets: [{ id: alice.walletId }],
    },
  ]);
  const asAlice = await house.ask(consumer(alice.consumerId), entities, { representations });
  expect(asAlice.data._entities.map(({ id }: { id: string }) => id)).toEqual([
    alice.walletId,
    aliceElsewhere,
    alice.consumerId,
  ]);
  expect((await house.ask(platformOperator, entities, { representations })).data._entities[2]).toMatchObject({
    email: 'a***@e***.fr',
  });
});

test("a merchant's wallets are listed in pages for its staff, and null for everybody else", async () => {
  const page = `query ($id: ID!, $after: String) { _entities(representations: [{ __typename: "Merchant", id: $id }]) { ... on Merchant {
    wallets(first: 2, after: $after) { edges { cursor node { id consumer { givenName } } } pageInfo { hasNextPage endCursor } } } } }`;
  const listed: string[] = [];
  let after: string | null = null;
  for (let pages = 0; pages === 0 || after !== null; pages += 1) {
    const { data } = await house.ask(staffOf(house.merchantId), page, { id: house.merchantId, after });
    const { edges, pageInfo } = data._entities[0].wallets;
    listed.push(...edges.map(({ node }: { node: { id: string } }) => node.id));
    expect(edges.length).toBeLessThanOrEqual(2);
    expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  }
  expect(listed).toEqual(listed.toSorted());
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toEqual(expect.arrayContaining([alice.walletId, bob.walletId]));
  expect(listed).not.toContain(aliceElsewhere);
  for (const caller of [
    staffOf(otherMerchantId),
    consumer(alice.consumerId),
    nobody,
    partnerOf(house.merchantId, 'wallets:enroll'),
  ]) {
    const { data } = await house.ask(caller, page, { id: house.merchantId });
    expect(data._entities[0].wallets).toBeNull();
  }
});

test('page sizes out of bounds and malformed cursors are BAD_USER_INPUT', async () => {
  const walletQuery =
    'query ($id: ID!, $after: String, $first: Int) { wallet(id: $id) { changes(after: $after, first: $first) { version } } }';
  const merchantQuery = `query ($id: ID!, $after: String, $first: Int) { _entities(representations: [{ __typename: "Merchant", id: $id }]) {
    ... on Merchant { wallets(after: $after, first: $first) { pageInfo { hasNextPage } } } } }`;
  const staff = staffOf(house.merchantId);
  for (const [query, id] of [
    [walletQuery, alice.walletId],
    [merchantQuery, house.merchantId],
  ] as const) {
    for (const bad of [{ first: 0 }, { first: -1 }, { first: 1_001 }, { after: 'nonsense', first: 1 }]) {
      const { errors } = await house.ask(staff, query, { id, ...bad });
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    expect((await house.ask(staff, query, { id, first: null })).errors).toBeUndefined();
  }
});

test('changes are listed from the ledger behind a cursor, ascending and without a gap', async () => {
  const { walletId } = await enrolled('history@example.fr');
  for (const points of [10n, 20n, -5n]) house.ledger.post(walletId, points);
  const query = `query ($id: ID!, $after: String, $first: Int = 100) { wallet(id: $id) { changes(after: $after, first: $first) {
    cursor version skipped kind occurredAt balances { posted available } transaction { id } wallet { id } } } }`;
  const staff = staffOf(house.merchantId);
  const all = (await house.ask(staff, query, { id: walletId })).data.wallet.changes;
  expect(all).toMatchObject([
    { version: '1', kind: 'EARN', skipped: 0, balances: [{ posted: '10', available: '10' }], wallet: { id: walletId } },
    { version: '2', kind: 'EARN', balances: [{ posted: '30' }] },
    { version: '3', kind: 'BURN', balances: [{ posted: '25' }], transaction: { id: expect.stringMatching(/^trx_/) } },
  ]);
  const second = await house.ask(staff, query, { id: walletId, after: all[0].cursor, first: 1 });
  expect(second.data.wallet.changes).toEqual([all[1]]);
  const { errors } = await house.ask(staff, query, { id: alice.walletId, after: all[0].cursor });
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('a read after the hop is at the version of the hop, and latestChange is that state', async () => {
  const { walletId } = await enrolled('read-after-write@example.fr');
  const query =
    'query ($id: ID!) { wallet(id: $id) { version balances { posted } latestChange { version kind skipped occurredAt balances { posted } transaction { id } } } }';
  for (let version = 1; version <= 20; version += 1) {
    const change = readBalanceChange(house.ledger.post(walletId, 1n));
    await applyCommittedChanges(house.store, [change]);
    const { data } = await house.ask(staffOf(house.merchantId), query, { id: walletId });
    const balances = [{ posted: `${version}` }];
    expect(data.wallet).toEqual({
      version: `${version}`,
      balances,
      latestChange: {
        version: `${version}`,
        kind: 'SNAPSHOT',
        skipped: 0,
        occurredAt: change.occurredAt.toISOString(),
        balances,
        transaction: null,
      },
    });
  }
});

test('a dead ledger costs a wallet its past changes and nothing else', async () => {
  const other = await openSubgraphHouse(database.connectionString('wallet'));
  await other.ledger.stop();
  const { data, errors } = await other.ask(
    staffOf(house.merchantId),
    'query ($id: ID!) { wallet(id: $id) { version changes { version } } }',
    { id: alice.walletId },
  );
  expect(data.wallet).toEqual({ version: '0', changes: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
  await other.close();
});

const linking = `mutation ($input: LinkConsumerLoginInput!) { linkConsumerLogin(input: $input) {
  __typename ... on LinkConsumerLoginSuccess { isReplay consumer { id email } } ... on Refusal { code } } }`;

test('a platform operator links a login, and nobody else does', async () => {
  const input = {
    idempotencyKey: newId('evt'),
    consumerId: alice.consumerId,
    issuer: 'https://login.example.fr',
    subject: 'alice',
  };
  const linked = await house.ask(platformOperator, linking, { input });
  expect(linked.data.linkConsumerLogin).toEqual({
    __typename: 'LinkConsumerLoginSuccess',
    isReplay: false,
    consumer: { id: alice.consumerId, email: 'a***@e***.fr' },
  });
  expect((await house.ask(platformOperator, linking, { input })).data.linkConsumerLogin.isReplay).toBe(true);

  const refused = async (changed: Record<string, string>) =>
    (await house.ask(platformOperator, linking, { input: { ...input, ...changed } })).data.linkConsumerLogin;
  expect(await refused({ subject: 'other' })).toEqual({
    __typename: 'WalletIdempotencyKeyReused',
    code: 'WalletIdempotencyKeyReused',
  });
  expect(await refused({ idempotencyKey: newId('evt'), consumerId: bob.consumerId })).toMatchObject({
    code: 'WalletLoginAlreadyLinked',
  });
  expect(await refused({ idempotencyKey: newId('evt'), subject: 'new', consumerId: newId('con') })).toMatchObject({
    code: 'WalletUnknownConsumer',
  });
  expect(await refused({ consumerId: 'nonsense' })).toMatchObject({ code: 'WalletUnknownConsumer' });
  for (const malformed of [{ subject: '' }, { subject: 'a\u0000b' }, { issuer: '\u0000' }]) {
    const { errors } = await house.ask(platformOperator, linking, { input: { ...input, ...malformed } });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  }

  for (const caller of [nobody, staffOf(house.merchantId, 'owner'), consumer(alice.consumerId)]) {
    expect((await house.ask(caller, linking, { input })).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  }
});

test('20 wallets of one page are read with a handful of statements', async () => {
  const statements: unknown[] = [];
  const query = house.pool.query.bind(house.pool);
  Object.assign(house.pool, {
    query: (...parameters: Parameters<typeof query>) => {
      statements.push(parameters[0]);
      return query(...parameters);
    },
  });
  for (let index = 0; index < 18; index += 1) await enrolled(`page-${index}@example.fr`);
  statements.length = 0;
  const { data } = await house.ask(
    staffOf(house.merchantId),
    `query ($id: ID!) { _entities(representations: [{ __typename: "Merchant", id: $id }]) { ... on Merchant {
      wallets(first: 20) { edges { node { id version balances { posted } consumer { givenName wallets { id } } } } } } } }`,
    { id: house.merchantId },
  );
  expect(data._entities[0].wallets.edges).toHaveLength(20);
  expect(statements.length).toBeLessThanOrEqual(5);
  Object.assign(house.pool, { query });
});

test('no personal data was logged by anything above', () => {
  expect(house.logged.join('\n')).not.toMatch(/example\.fr|33612345678|Alice/);
});

async function enrolled(email: string) {
  const { wallet, consumer: person } = await enroll(staffOf(house.merchantId), { email });
  expect(toUuid(wallet.id, 'wal')).toBeDefined();
  return { walletId: wallet.id as string, consumerId: person.id as string };
}
