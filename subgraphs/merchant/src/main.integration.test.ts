import { ACCESS_CHANGED, MERCHANT_CHANGED, PROGRAM_CHANGED } from '@localplus/event-bus';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { newId } from '@localplus/identifiers';
import { type Caller, identityHeader, loginPseudonym, loginSubject, type ServiceName } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { createRpcClient, RpcRefused } from '@localplus/rpc';
import { MerchantServiceClient } from '@localplus/rpc/merchant';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { issuer, operator, person } from '../test/callers.ts';
import { type InternalKeys, makeInternalKeys } from '../test/internal-keys.ts';
import { profile } from '../test/merchant-house.ts';
import { type RunningMerchant, startMerchant } from './main.ts';

const deadlineMs = 5_000;
let database: TestDatabase;
let keys: InternalKeys;
let running: RunningMerchant;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  database = await createTestDatabase();
  keys = await makeInternalKeys();
  environment = {
    DATABASE_URL: database.connectionString('merchant'),
    EVENT_BUS_DATABASE_URL: database.connectionString('bus'),
    INTERNAL_KEYS_FILE: keys.publicKeysFile,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    PLATFORM_OPERATORS: JSON.stringify([{ issuer, subject: 'operator' }]),
  };
  running = await startMerchant(environment);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
  await keys.remove();
});

async function post<Data>(caller: Caller, query: string, variables: Record<string, unknown> = {}) {
  const response = await fetch(`http://127.0.0.1:${running.httpPort}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [identityHeader]: await keys.signers.gateway.sign(caller) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data: Data; errors?: unknown[] };
}

async function mutate<Payload>(caller: Caller, name: string, input: Record<string, unknown>, selection: string) {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ... on ${type}Success { ${selection} } } }`;
  const { data } = await post<Record<string, Payload>>(caller, query, {
    input: { idempotencyKey: newId('evt'), ...input },
  });
  return data[name]!;
}

function client(service: ServiceName) {
  return createRpcClient(MerchantServiceClient, {
    address: `127.0.0.1:${running.grpcPort}`,
    signer: keys.signers[service],
  });
}

/** Sets up a merchant over HTTP. */
async function addMerchant() {
  const subject = newId('evt');
  const owner = { login: { issuer, subject }, displayName: 'Margaux' };
  const { merchant } = await mutate<{ merchant: { id: string } }>(
    operator,
    'createMerchant',
    { ...profile, owner },
    'merchant { id }',
  );
  const as = person(subject, { merchantId: merchant.id, role: 'owner' });
  const terms = { pointName: 'croissant', points: '3', perAmountMinor: '200', rounding: 'HALF_UP' };
  const { program } = await mutate<{ program: { id: string } }>(
    as,
    'createProgram',
    { merchantId: merchant.id, terms },
    'program { id }',
  );
  const { store } = await mutate<{ store: { id: string } }>(
    as,
    'openStore',
    { merchantId: merchant.id, name: 'A', city: 'Lyon' },
    'store { id }',
  );
  return { merchantId: merchant.id, programId: program.id, storeId: store.id, subject, owner: as };
}

test('it says that it is alive and ready', async () => {
  for (const probe of ['live', 'ready']) {
    expect((await fetch(`http://127.0.0.1:${running.httpPort}/health/${probe}`)).status).toBe(200);
  }
});

test('a login is resolved to its merchants, roles and stores, and an operator to the platform', async () => {
  const { merchantId, storeId, subject, owner } = await addMerchant();
  const cashier = newId('evt');
  await mutate(
    owner,
    'addStaffMember',
    {
      ...{ merchantId, login: { issuer, subject: cashier }, displayName: 'Chloé' },
      ...{ role: 'CASHIER', storeIds: [storeId] },
    },
    'isReplay',
  );
  const gateway = client('gateway');
  const resolve = (login: string) =>
    gateway.call('resolveCaller', { credential: { $case: 'login', value: { issuer, subject: login } } }, deadlineMs);
  const nobody = { memberships: [], isPlatformOperator: false, partner: undefined };
  expect(await resolve(subject)).toEqual({ ...nobody, memberships: [{ merchantId, role: 'owner', storeIds: [] }] });
  expect(await resolve(cashier)).toEqual({
    ...nobody,
    memberships: [{ merchantId, role: 'cashier', storeIds: [storeId] }],
  });
  expect(await resolve('operator')).toEqual({ ...nobody, isPlatformOperator: true });
  expect(await resolve('somebody else')).toEqual(nobody);
  gateway.close();
});

test("a partner's key is resolved to its partner until it is revoked", async () => {
  const { merchantId, owner } = await addMerchant();
  const registration = { merchantId, name: 'Till', scopes: ['POINTS_EARN', 'WALLETS_READ'] };
  const { partner } = await mutate<{ partner: { id: string } }>(
    owner,
    'registerPartner',
    registration,
    'partner { id }',
  );
  const issued = await mutate<{ key: string; partnerKey: { id: string } }>(
    owner,
    'issuePartnerKey',
    { partnerId: partner.id },
    'key partnerKey { id }',
  );
  const gateway = client('gateway');
  const resolve = (key: string) =>
    gateway.call('resolveCaller', { credential: { $case: 'partnerKey', value: key } }, deadlineMs);
  const scopes = ['points:earn', 'wallets:read'];
  expect((await resolve(issued.key)).partner).toEqual({ partnerId: partner.id, merchantId, scopes });
  expect((await resolve(`${issued.key.slice(0, -4)}AAAA`)).partner).toBeUndefined();
  await mutate(owner, 'revokePartnerKey', { partnerKeyId: issued.partnerKey.id }, 'isReplay');
  expect((await resolve(issued.key)).partner).toBeUndefined();
  gateway.close();
});

test('callers are resolved for the gateway alone, and a credential has to be there', async () => {
  const credential = { $case: 'login', value: { issuer, subject: 'operator' } } as const;
  for (const service of ['ledger', 'wallet', 'merchant'] as const) {
    const stranger = client(service);
    await expect(stranger.call('resolveCaller', { credential }, deadlineMs)).rejects.toBeInstanceOf(RpcRefused);
    stranger.close();
  }
  const gateway = client('gateway');
  await expect(gateway.call('resolveCaller', { credential: undefined }, deadlineMs)).rejects.toBeInstanceOf(RpcRefused);
  gateway.close();
});

test('services read programs with their versions, their stores and where their merchant stands', async () => {
  const { merchantId, programId, storeId } = await addMerchant();
  for (const service of ['ledger', 'wallet', 'gateway'] as const) {
    const reader = client(service);
    const { programs } = await reader.call('getPrograms', { programIds: [programId, newId('prg'), 'x'] }, deadlineMs);
    expect(programs).toMatchObject([
      {
        ...{ programId, merchantId, merchantStatus: 'MERCHANT_STATUS_DRAFT', merchantVersion: 2n, currency: 'EUR' },
        ...{ pointAssetCode: `PTS.${programId.slice(4)}`, programVersion: 1n, merchantStoreIds: [storeId] },
        ...{ merchantTimeZone: 'Europe/Paris', merchantCountry: 'FR' },
        versions: [
          {
            ...{ version: 1, pointName: 'croissant', points: 3n, perAmountMinor: 200n, rounding: 'ROUNDING_HALF_UP' },
            ...{ minimumPurchaseMinor: 0n, pointValidityDays: 0, otherValidity: undefined, activationDelayDays: 0 },
            ...{ negativeBalance: 'NEGATIVE_BALANCE_NEVER', refundGraceDays: 0 },
          },
        ],
      },
    ]);
    reader.close();
  }
  const many = client('ledger');
  const programIds = Array.from({ length: 101 }, () => newId('prg'));
  await expect(many.call('getPrograms', { programIds }, deadlineMs)).rejects.toBeInstanceOf(RpcRefused);
  many.close();
});

test('every change reaches the bus, as its schema has it and in the order of its versions', async () => {
  const logger = createLogger('merchant-test');
  const connectionString = environment.EVENT_BUS_DATABASE_URL ?? '';
  const bus = await createPostgresEventBus({ connectionString, name: 'merchant-test', logger });
  const received: { topic: string; key: string; version: string | undefined; value: unknown }[] = [];
  await bus.consumeAsEveryReplica({
    topics: [MERCHANT_CHANGED, PROGRAM_CHANGED, ACCESS_CHANGED],
    startFrom: 'earliest',
    handler: async ({ events }) => {
      for (const { topic, key, value, headers } of events) {
        received.push({ topic, key, value, version: headers.aggregateversion });
      }
    },
  });
  const { merchantId, programId, storeId, subject } = await addMerchant();
  const of = (topic: string, key: string) => received.filter((event) => event.topic === topic && event.key === key);
  await vi.waitFor(() => expect(of(MERCHANT_CHANGED, merchantId)).toHaveLength(2), { timeout: deadlineMs });
  await vi.waitFor(() => expect(of(PROGRAM_CHANGED, programId)).toHaveLength(1), { timeout: deadlineMs });
  expect(of(MERCHANT_CHANGED, merchantId).map(({ version }) => version)).toEqual(['1', '2']);
  expect(of(MERCHANT_CHANGED, merchantId)[1]?.value).toMatchObject({ status: 'DRAFT', storeIds: [storeId] });
  expect(of(ACCESS_CHANGED, merchantId).map(({ value }) => value)).toEqual([
    { merchantId, loginPseudonym: loginPseudonym(loginSubject({ issuer, subject })), reason: 'STAFF_MEMBER_ADDED' },
  ]);
  await bus.close();
});

test('a second start keeps what is there, and one that cannot succeed leaves nothing open', async () => {
  const second = await startMerchant(environment);
  await second.stop();
  await expect(startMerchant({ ...environment, HTTP_PORT: String(running.httpPort) })).rejects.toThrow(/EADDRINUSE/);
  await expect(startMerchant({})).rejects.toThrow(/DATABASE_URL.*INTERNAL_KEYS_FILE.*EVENT_BUS_DATABASE_URL/);
});
