import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaNode, startLocalKafka } from '@localplus/local-kafka';
import { type LocalPostgres, startLocalPostgres } from '@localplus/local-postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  answersWell,
  checkHealth,
  type HandStarted,
  type Machine,
  makeVolumes,
  startService,
} from '../deploy/by-hand.ts';
import { readComposeFile, serviceOf } from '../deploy/compose-file.ts';
import { makeImage } from '../deploy/hand-made-image.ts';
import { startTestIssuer, type TestIssuer } from '../deploy/test-issuer.ts';
import { findFreePorts } from '../e2e/platform/free-ports.ts';
import { dataOf, GraphqlClient } from '../e2e/platform/graphql-client.ts';
import { command } from '../e2e/platform/merchants.ts';
import { newKey, purchaseOf } from '../e2e/platform/till.ts';
import { waitUntil } from '../e2e/platform/wait-until.ts';

/** Copies the workspace and installs its packages twice: 20 s with a full package store, minutes on a busy machine or without. */
const preparationLimitMs = 300_000;
const readyLimitMs = 90_000;
const newsLimitMs = 10_000;

const compose = readComposeFile();
const setUp = serviceOf(compose, 'set-up');
const domain = serviceOf(compose, 'domain');
const gateway = serviceOf(compose, 'gateway');
const kafka = serviceOf(compose, 'kafka');
/** What Docker waits for before it kills. */
const stopLimitMs = Number.parseInt(domain.stop_grace_period, 10) * 1_000;
/** The compose file's ports of the servers. */
const servers = ['5432', '9092', '9093', '4000', '4101', '4102', '4103', '4201', '4202', '4203'] as const;

const folder = mkdtempSync(join(tmpdir(), 'localplus-containers-'));
const client = new GraphqlClient();
const running: HandStarted[] = [];
let issuer: TestIssuer;
let postgres: LocalPostgres;
let broker: KafkaNode;
let machine: Machine;

/** The settings that the image of Kafka makes of its environment; Java reads its own variable. */
function brokerSettings(): [name: string, value: string][] {
  return Object.entries(kafka.environment)
    .filter(([name]) => name.startsWith('KAFKA_') && name !== 'KAFKA_HEAP_OPTS')
    .map(([name, value]) => [name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.'), value]);
}

/** Those of them that say nothing about where things are: a broker by hand stands elsewhere. */
const settingsByHand = brokerSettings().filter(([name]) => /\.(factor|isr|enable)$/.test(name));

async function startNeighbours(ports: Machine['ports']): Promise<void> {
  const password = randomBytes(32).toString('base64url');
  const secrets = join(folder, 'run/secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'postgres-password'), `${password}\n`);
  const port = (name: (typeof servers)[number]) => ports[name] ?? 0;
  [postgres, broker] = await Promise.all([
    startLocalPostgres({ dataDirectory: join(folder, 'postgres'), port: port('5432'), password, durability: 'test' }),
    startLocalKafka({
      dataDirectory: join(folder, 'kafka'),
      port: port('9092'),
      controllerPort: port('9093'),
      settings: Object.fromEntries(settingsByHand),
    }),
  ]);
}

beforeAll(async () => {
  // The processes run as another account when the tests run as root.
  chmodSync(folder, 0o755);
  issuer = await startTestIssuer();
  const free = await findFreePorts(servers.length);
  const ports = Object.fromEntries(servers.map((port, index) => [port, free[index] ?? 0]));
  const operator = {
    OIDC_ISSUER: issuer.issuer,
    OIDC_AUDIENCE: issuer.audience,
    OIDC_JWKS_URL: issuer.jwksUrl,
    PLATFORM_OPERATORS: JSON.stringify([{ issuer: issuer.issuer, subject: 'operator' }]),
    LOG_LEVEL: 'warn',
  };
  const [image] = await Promise.all([makeImage(folder), startNeighbours(ports)]);
  machine = { image, folder, ports, operator };
  makeVolumes(setUp, machine);
}, preparationLimitMs);

afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all([...running.map(({ ended }) => ended), client.close(), issuer?.stop()]);
  await Promise.all([broker?.stop(), postgres?.stop()]);
  rmSync(folder, { recursive: true });
});

/** Every file that set-up has handed out, with its content. */
function handedOut(): Record<string, string> {
  const secrets = join(folder, 'run/localplus');
  const files = readdirSync(secrets, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(secrets.length), readFileSync(path, 'utf8')]));
}

async function untilReady(service: typeof domain, started: HandStarted): Promise<void> {
  const early = started.ended.then((code) => {
    throw new Error(`It ended with ${code}: ${started.output()}`);
  });
  const ready = waitUntil('it is ready', () => answersWell(service, machine), readyLimitMs);
  await Promise.race([early, ready]);
  early.catch(() => undefined);
}

const platform = {
  ask: async <Data>(token: string | undefined, query: string, variables?: Record<string, unknown>) =>
    dataOf(
      await client.send<Data>({
        url: `http://127.0.0.1:${machine.ports['4000']}/graphql`,
        query,
        variables: variables ?? {},
        headers: { authorization: `Bearer ${token}` },
      }),
    ),
};

/** Onboards a merchant as the operator and its owner do, and enrolls somebody. Returns what a till needs. */
async function openShop(): Promise<{ owner: string; walletId: string }> {
  const [operator, owner] = await Promise.all([issuer.sign('operator'), issuer.sign('owner')]);
  const login = { issuer: issuer.issuer, subject: 'owner' };
  const company = { name: 'Épicerie', legalName: 'Épicerie SARL', country: 'FR', timeZone: 'Europe/Paris' };
  const { merchant } = await command<{ merchant: { id: string } }>(
    platform,
    operator,
    'createMerchant',
    { ...company, currency: 'EUR', owner: { displayName: 'Alix', login } },
    'merchant { id }',
  );
  const merchantId = merchant.id;
  await command(platform, owner, 'openStore', { merchantId, name: 'Centre', city: 'Lyon' }, '__typename');
  const terms = { pointName: 'point', points: '1', perAmountMinor: '100', rounding: 'DOWN', minimumPurchaseMinor: '0' };
  const startsAt = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const { program } = await command<{ program: { id: string } }>(
    platform,
    operator,
    'createProgram',
    { merchantId, terms, startsAt },
    'program { id }',
  );
  await command(platform, owner, 'goLive', { merchantId }, '__typename');
  const person = { givenName: 'Charlie', email: `${randomUUID()}@example.org`, locale: 'fr-FR' };
  const input = { programId: program.id, ...person };
  const enroll = () => command<{ wallet: { id: string } }>(platform, owner, 'enrollConsumer', input, 'wallet { id }');
  // The wallet hears of the merchant by Kafka.
  const { wallet } = await waitUntil('the wallet knows the program', enroll, newsLimitMs);
  return { owner, walletId: wallet.id };
}

test('set-up makes what the processes need, and changes nothing when it runs again', async () => {
  const first = startService(setUp, machine);
  expect(await first.ended, first.output()).toBe(0);
  const made = handedOut();
  expect(Object.keys(made)).toContain('/ledger/database-url');
  expect(Object.keys(made)).toContain('/gateway/key.json');

  const second = startService(setUp, machine);
  expect(await second.ended, second.output()).toBe(0);
  expect(handedOut()).toEqual(made);
});

test('Kafka knows every setting that its image is given, and takes the values', async () => {
  const said = readFileSync(join(folder, 'kafka/broker.log'), 'utf8');
  for (const [name] of brokerSettings()) expect(said).toContain(`\t${name} = `);
  expect(settingsByHand.length).toBeGreaterThan(0);
  for (const [name, value] of settingsByHand) expect(said).toContain(`\t${name} = ${value}\n`);
  expect((await checkHealth(kafka, machine)).code).toBe(0);
});

test('the processes of the compose file get ready with their packages alone, and a till earns points through them', async () => {
  expect((await checkHealth(domain, machine)).code).toBe(1);
  for (const service of [domain, gateway]) {
    const started = startService(service, machine);
    running.push(started);
    await untilReady(service, started);
    expect(await checkHealth(service, machine)).toEqual({ code: 0, said: '' });
  }
  const { owner, walletId } = await openShop();
  const bought = await command<{ balances: { available: string }[] }>(
    platform,
    owner,
    'earnPoints',
    { idempotencyKey: newKey(), walletId, purchase: purchaseOf(12) },
    'balances { available }',
  );
  expect(bought.balances).toEqual([{ available: '12' }]);
}, 240_000);

test('they end in order and in time when they are told to, and the health checks say that nobody is there', async () => {
  expect(running.length).toBe(2);
  const stopping = performance.now();
  for (const { child } of running) child.kill('SIGTERM');
  expect(await Promise.all(running.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(performance.now() - stopping).toBeLessThan(stopLimitMs);
  const checks = await Promise.all([checkHealth(domain, machine), checkHealth(gateway, machine)]);
  expect(checks.map(({ code }) => code)).toEqual([1, 1]);
  for (const { said } of checks) expect(said).toMatch(/does not answer: .*ECONNREFUSED/);
});
