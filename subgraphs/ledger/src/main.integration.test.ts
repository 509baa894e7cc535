import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@localplus/configuration';
import {
  BALANCE_CHANGED,
  type BalanceChanged,
  type EventBus,
  MERCHANT_CHANGED,
  PROGRAM_CHANGED,
  type ProgramChangedVersion,
} from '@localplus/event-bus';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { fromUuid, newId } from '@localplus/identifiers';
import { type Caller, identityHeader } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { createPool } from '@localplus/postgres';
import { type RpcServer, startRpcServer, unary } from '@localplus/rpc';
import {
  type GetProgramsRequest,
  type GetProgramsResponse,
  MerchantServiceService,
  type Program,
} from '@localplus/rpc/merchant';
import {
  type ApplyBalanceChangesRequest,
  type ApplyBalanceChangesResponse,
  WalletServiceService,
} from '@localplus/rpc/wallet';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { staffOf } from '../test/callers.ts';
import { type InternalKeys, makeInternalKeys } from '../test/internal-keys.ts';
import { findFaults } from '../test/invariants.ts';
import { type HouseMerchant, type LedgerHouse, newKey, openLedgerHouse } from '../test/ledger-house.ts';
import { waitUntil } from '../test/wait-until.ts';
import { type RunningLedger, startLedger } from './main.ts';
import { loadProgram } from './store/projection-rows.ts';

let house: LedgerHouse;
let keys: InternalKeys;
let bus: EventBus;
let folder: string;
let environment: NodeJS.ProcessEnv;
let ledger: RunningLedger;
let neighbours: RpcServer;
/** What the wallet was told, and how it answers. */
const hops: ApplyBalanceChangesRequest[] = [];
let answerHop: () => Promise<ApplyBalanceChangesResponse>;
/** What the merchant subgraph knows, by `prg_…`. */
const programs = new Map<string, Program>();
const published: BalanceChanged[] = [];

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  keys = await makeInternalKeys();
  const logger = createLogger('neighbours', { write: () => undefined });
  const options = { verifier: keys.verifier, logger, allowed: ['ledger'] as const };
  const getPrograms = unary<GetProgramsRequest, GetProgramsResponse>(options, async ({ programIds }) => {
    return { programs: programIds.flatMap((id) => programs.get(id) ?? []) };
  });
  const applyBalanceChanges = unary<ApplyBalanceChangesRequest, ApplyBalanceChangesResponse>(options, (request) => {
    hops.push(request);
    return answerHop();
  });
  neighbours = await startRpcServer({
    address: '127.0.0.1',
    port: 0,
    services: [
      { definition: MerchantServiceService, implementation: { getPrograms } },
      { definition: WalletServiceService, implementation: { applyBalanceChanges } },
    ],
  });
  const busUrl = house.database.connectionString('bus');
  bus = await createPostgresEventBus({ connectionString: busUrl, name: 'world', logger, validateOnPublish: true });
  await bus.consumeAsEveryReplica({
    topics: [BALANCE_CHANGED],
    startFrom: 'earliest',
    handler: async ({ events }) => void published.push(...events.map(({ value }) => value)),
  });
  folder = await mkdtemp(join(tmpdir(), 'localplus-ledger-'));
  const [keyFile, keysFile] = [join(folder, 'ledger.json'), join(folder, 'keys.json')];
  await writeFile(keyFile, JSON.stringify(keys.privateKeys.ledger));
  await writeFile(keysFile, JSON.stringify(keys.publicKeys));
  environment = {
    DATABASE_URL: house.database.connectionString('ledger'),
    EVENT_BUS_DATABASE_URL: busUrl,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    INTERNAL_KEY_FILE: keyFile,
    INTERNAL_KEYS_FILE: keysFile,
    WALLET_GRPC: `127.0.0.1:${neighbours.port}`,
    MERCHANT_GRPC: `127.0.0.1:${neighbours.port}`,
  };
});

beforeEach(async () => {
  answerHop = async () => ({ applied: 1 });
  ledger = await startLedger(environment);
});

afterEach(async () => {
  await ledger.stop();
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(async () => {
  await bus.close();
  await neighbours.stop();
  await house.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  data: { earnPoints: { __typename: string; balances: { posted: string }[]; version: string; balanceState: string } };
}

async function earn(walletId: string, caller: Caller): Promise<Answer['data']['earnPoints']> {
  const query = `mutation ($input: EarnPointsInput!) { earnPoints(input: $input) {
    __typename ... on EarnPointsSuccess { balances { posted } version balanceState } } }`;
  const input = { idempotencyKey: newKey(), walletId, purchase: { amountMinor: '500', currency: 'EUR' } };
  const response = await fetch(`http://127.0.0.1:${ledger.httpPort}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [identityHeader]: await keys.signers.gateway.sign(caller) },
    body: JSON.stringify({ query, variables: { input } }),
  });
  return ((await response.json()) as Answer).data.earnPoints;
}

const eventsOf = (walletId: string) => published.filter(({ holderId }) => holderId === walletId);

test('a posted point is told to the wallet, answered with its balances, and published', async () => {
  const merchant = await house.addMerchant();
  const { wallet } = await house.openWallet(merchant);
  hops.length = 0;
  const answer = await earn(wallet, staffOf(merchant.merchant, 'cashier'));
  expect(answer).toEqual({
    __typename: 'EarnPointsSuccess',
    balances: [{ posted: '5' }],
    version: '1',
    balanceState: 'CURRENT',
  });
  expect(hops).toMatchObject([{ changes: [{ holderId: wallet, version: 1n, balances: [{ posted: 5n }] }] }]);
  await waitUntil(() => eventsOf(wallet).length === 1, 'the event is published');
  expect(eventsOf(wallet)).toMatchObject([{ holderId: wallet, version: '1', balances: [{ posted: '5' }] }]);
});

test('a thousand points posted at once are published each once, in the order of their versions', async () => {
  const merchant = await house.addMerchant();
  const { wallet } = await house.openWallet(merchant);
  const caller = staffOf(merchant.merchant);
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => earn(wallet, caller)));
  }
  await waitUntil(() => eventsOf(wallet).length >= 1_000, 'everything is published');
  expect(eventsOf(wallet).map(({ version }) => Number(version))).toEqual(
    Array.from({ length: 1_000 }, (_, index) => index + 1),
  );
});

describe('a wallet', () => {
  test('that fails or is slow costs the answer nothing but freshness', async () => {
    const merchant = await house.addMerchant();
    const { wallet } = await house.openWallet(merchant);
    const caller = staffOf(merchant.merchant);
    answerHop = () => Promise.reject(new Error('dead'));
    expect(await earn(wallet, caller)).toMatchObject({ balances: [{ posted: '5' }], balanceState: 'CATCHING_UP' });
    answerHop = () => new Promise(() => undefined);
    const startedAt = performance.now();
    expect(await earn(wallet, caller)).toMatchObject({ balances: [{ posted: '10' }], balanceState: 'CATCHING_UP' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    answerHop = async () => ({ applied: 1 });
    await waitUntil(async () => (await earn(wallet, caller)).balanceState === 'CURRENT', 'the wallet is told again');
  });
});

describe('what is said of merchants', () => {
  test('a suspension holds within a second of its publication', async () => {
    const merchant = await house.addMerchant();
    const { wallet } = await house.openWallet(merchant);
    const caller = staffOf(merchant.merchant);
    expect(await earn(wallet, caller)).toMatchObject({ __typename: 'EarnPointsSuccess' });
    await bus.publish([merchantChanged(merchant, 'SUSPENDED', 2n)]);
    const startedAt = performance.now();
    await waitUntil(async () => (await earn(wallet, caller)).__typename === 'LedgerMerchantNotLive', 'it is suspended');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('the terms of lots are heard; news that does not tell them means the defaults', async () => {
    const merchant = await house.addMerchant();
    await bus.publish([
      programChanged(merchant, 2n, [
        { pointValidityDays: 730 },
        { pointValidityDays: 0 },
        {
          ...{ pointValidityDays: 0, validity: { kind: 'INACTIVITY', days: 180 }, activationDelayDays: 14 },
          ...{ negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 },
        },
      ]),
    ]);
    const heard = async () => (await loadProgram(house.pool, merchant.programId))?.versions.slice(1);
    await waitUntil(async () => (await heard())?.length === 3, 'the program is heard of');
    const defaults = { activationDelayDays: 0, negativeBalance: 'NEVER', refundGraceDays: 0 };
    expect(await heard()).toMatchObject([
      { ...defaults, validity: { kind: 'DAYS', days: 730 } },
      { ...defaults, validity: { kind: 'UNLIMITED' } },
      {
        ...{ activationDelayDays: 14, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 },
        validity: { kind: 'INACTIVITY', days: 180 },
      },
    ]);
  });

  test('a program that was never heard of is asked for', async () => {
    const merchant = await house.addMerchant();
    const unheard = { ...merchant, programId: '01900000-0000-7000-8000-0000000000aa' };
    const programId = fromUuid('prg', unheard.programId);
    programs.set(programId, {
      programId,
      merchantId: merchant.merchant,
      merchantStatus: 'MERCHANT_STATUS_LIVE',
      merchantVersion: 1n,
      merchantStoreIds: merchant.stores,
      currency: 'EUR',
      pointAssetCode: merchant.pointAssetCode,
      programVersion: 1n,
      merchantTimeZone: 'Europe/Brussels',
      merchantCountry: 'BE',
      versions: [
        {
          version: 1,
          startsAt: new Date('2020-01-01T00:00:00Z'),
          pointName: 'croissant',
          points: 2n,
          perAmountMinor: 100n,
          rounding: 'ROUNDING_HALF_UP',
          minimumPurchaseMinor: 0n,
          pointValidityDays: 0,
          activationDelayDays: 14,
          otherValidity: { $case: 'validUntilEndOfMonth', value: 12 },
          negativeBalance: 'NEGATIVE_BALANCE_WITHIN_PENDING',
          refundGraceDays: 30,
        },
      ],
    });
    const { wallet } = await house.openWallet(unheard);
    expect(await earn(wallet, staffOf(merchant.merchant))).toMatchObject({ balances: [{ posted: '10' }] });
    expect(await loadProgram(house.pool, unheard.programId)).toMatchObject({
      ...{ timeZone: 'Europe/Brussels', country: 'BE' },
      versions: [
        {
          ...{ activationDelayDays: 14, negativeBalance: 'WITHIN_PENDING', refundGraceDays: 30 },
          validity: { kind: 'END_OF_MONTH', months: 12 },
        },
      ],
    });
  });
});

test('its metrics tell of news that it cannot read, without naming whom they are about', async () => {
  const merchant = newId('mer');
  const foreign = await createPostgresEventBus({
    connectionString: environment.EVENT_BUS_DATABASE_URL ?? '',
    name: 'foreign',
    logger: createLogger('foreign', { write: () => undefined }),
  });
  await foreign.publish([
    { topic: MERCHANT_CHANGED, key: merchant, value: JSON.parse('{}'), headers: headersOf(MERCHANT_CHANGED, 1n) },
  ]);
  await foreign.close();
  const told = async () => await (await fetch(`http://127.0.0.1:${ledger.httpPort}/metrics`)).text();
  await waitUntil(
    async () =>
      (await told()).includes('localplus_event_bus_paused_aggregates{consumer="ledger.merchant-projection"} 1'),
    'the pause is told',
  );
  const text = await told();
  expect(text).toMatch(
    /^localplus_event_bus_dead_letters_total\{consumer="ledger.merchant-projection",topic=".*"\} 1$/m,
  );
  expect(text).toMatch(/^localplus_outbox_pending_events 0$/m);
  expect(text).toMatch(/^localplus_event_bus_consumer_lag_records\{consumer="ledger.program-projection".*\} 0$/m);
  expect(text).not.toContain(merchant);
});

test('what is posted while it stops is answered and published', async () => {
  const merchant = await house.addMerchant();
  const { wallet, holderId } = await house.openWallet(merchant);
  const answers = Promise.allSettled(Array.from({ length: 50 }, () => earn(wallet, staffOf(merchant.merchant))));
  await waitUntil(async () => (await house.stateOf(holderId)).version > 0n, 'some are posted');
  await ledger.stop();
  const posted = (await answers).filter(
    (answer) => answer.status === 'fulfilled' && answer.value.__typename === 'EarnPointsSuccess',
  );
  ledger = await startLedger(environment);
  const { version } = await house.stateOf(holderId);
  expect(BigInt(posted.length)).toBeLessThanOrEqual(version);
  await waitUntil(() => BigInt(eventsOf(wallet).length) === version, 'everything is published');
});

test('a posting template that is wrong ends the start with one line', async () => {
  const other = await createTestDatabase();
  const admin = createPool({ connectionString: other.adminConnectionString, name: 'ledger test admin', max: 1 });
  try {
    await admin.query(
      `INSERT INTO ledger.posting_template (event, value, version, line, debit_kind, credit_kind)
       VALUES ('BURN', 'POINTS', 2, 'spend', 'POINTS_LIABILITY', 'POINTS_HELD')`,
    );
    const urls = {
      DATABASE_URL: other.connectionString('ledger'),
      EVENT_BUS_DATABASE_URL: other.connectionString('bus'),
    };
    const message =
      'Posting template BURN of POINTS, version 2, line spend: leads from AVAILABLE to HELD instead of AVAILABLE to ISSUER.';
    await expect(startLedger({ ...environment, ...urls })).rejects.toThrow(new Error(message));
  } finally {
    await admin.end();
    await other.drop();
  }
});

test('every problem of the environment is named at once', async () => {
  await expect(startLedger({})).rejects.toThrow(ConfigurationError);
});

function merchantChanged({ merchant, stores }: HouseMerchant, status: 'LIVE' | 'SUSPENDED', version: bigint) {
  const value = {
    merchantId: merchant,
    version: `${version}`,
    status,
    name: 'Boulangerie',
    timeZone: 'Europe/Paris',
    storeIds: stores,
  };
  return { topic: MERCHANT_CHANGED, key: merchant, value, headers: headersOf(MERCHANT_CHANGED, version) } as const;
}

type LotTerms = Pick<ProgramChangedVersion, 'pointValidityDays'> & Partial<ProgramChangedVersion>;

/** The first version, which the house has, and more from the second on. */
function programChanged(merchant: HouseMerchant, version: bigint, lots: LotTerms[]) {
  const rate = { pointName: 'croissant', points: '1', perAmountMinor: '100', minimumPurchaseMinor: '0' };
  const terms = { startsAt: '2020-01-01T00:00:00Z', rounding: 'DOWN', ...rate } as const;
  const programId = fromUuid('prg', merchant.programId);
  const value = {
    ...{ programId, merchantId: merchant.merchant, currency: 'EUR', pointAssetCode: merchant.pointAssetCode },
    programVersion: `${version}`,
    versions: [{ pointValidityDays: 0 }, ...lots].map((it, index) => ({ version: index + 1, ...terms, ...it })),
  };
  return { topic: PROGRAM_CHANGED, key: programId, value, headers: headersOf(PROGRAM_CHANGED, version) } as const;
}

function headersOf(topic: string, version: bigint) {
  return {
    ...{ ce_id: newId('evt'), ce_type: topic, ce_source: 'merchant', ce_specversion: '1.0' },
    ce_time: new Date().toISOString(),
    'content-type': 'application/json',
    aggregateversion: `${version}`,
  };
}
