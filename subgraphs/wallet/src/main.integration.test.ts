import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@localplus/configuration';
import type { EventBus } from '@localplus/event-bus';
import { createPostgresEventBus } from '@localplus/event-bus/postgres';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import { createLogger } from '@localplus/logging';
import { withAdminConnection } from '@localplus/postgres';
import { createRpcClient } from '@localplus/rpc';
import { WalletServiceClient } from '@localplus/rpc/wallet';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { consumer, staffOf } from '../test/callers.ts';
import { type CommandHouse, openCommandHouse } from '../test/command-house.ts';
import { eventOf } from '../test/event-of.ts';
import { type Stream, subscribe } from '../test/socket.ts';
import { waitUntil } from '../test/wait-until.ts';
import { enrollConsumer } from './commands/enroll-consumer.ts';
import { type RunningWallet, startWallet } from './main.ts';
import { loadBalances } from './store/balance-rows.ts';

let database: TestDatabase;
let house: CommandHouse;
let bus: EventBus;
let directory: string;
let environment: NodeJS.ProcessEnv;
let wallet: RunningWallet;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openCommandHouse(database.connectionString('wallet'));
  const busUrl = database.connectionString('bus');
  const logger = createLogger('ledger-double', { write: () => undefined });
  bus = await createPostgresEventBus({
    connectionString: busUrl,
    name: 'ledger-double',
    logger,
    validateOnPublish: true,
  });
  directory = await mkdtemp(join(tmpdir(), 'localplus-wallet-'));
  const [keyFile, keysFile] = [join(directory, 'wallet.json'), join(directory, 'keys.json')];
  await writeFile(keyFile, JSON.stringify(house.keys.privateKeys.wallet));
  await writeFile(keysFile, JSON.stringify(house.keys.publicKeys));
  environment = {
    DATABASE_URL: database.connectionString('wallet'),
    EVENT_BUS_DATABASE_URL: busUrl,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    INTERNAL_KEY_FILE: keyFile,
    INTERNAL_KEYS_FILE: keysFile,
    LEDGER_GRPC: house.ledger.address,
    MERCHANT_GRPC: house.merchant.address,
  };
});
afterAll(async () => {
  await bus.close();
  await house.close();
  await database.drop();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  wallet = await startWallet(environment);
});
afterEach(() => wallet.stop());

async function enroll() {
  const person = { givenName: 'Camille', email: `${newId('evt')}@example.fr`, locale: 'fr-FR' };
  const asked = { ...person, idempotencyKey: newId('evt'), programId: house.programId };
  const { walletId, consumerId } = await enrollConsumer(house, staffOf(house.merchantId), asked);
  return { walletId: fromUuid('wal', walletId), consumerId: fromUuid('con', consumerId) };
}
const versionOf = async (walletId: string) => {
  const uuid = toUuid(walletId, 'wal');
  return (await loadBalances(house.pool, [uuid])).get(uuid)?.version;
};
/** Commits in the ledger, and publishes. */
const postAndPublish = async (walletId: string, points = 1n) =>
  bus.publish([eventOf(house.ledger.post(walletId, points))]);

async function watch(
  { walletId, consumerId }: { walletId: string; consumerId: string },
  selection = 'version skipped wallet { version }',
): Promise<Stream> {
  const query = `subscription ($walletId: ID!) { balanceChanged(walletId: $walletId) { ${selection} } }`;
  const identity = await house.keys.signers.gateway.sign(consumer(consumerId));
  return subscribe(`127.0.0.1:${wallet.httpPort}/graphql`, identity, query, { walletId });
}

test('what the ledger publishes reaches the watcher, in order and without a gap, and the wallet is as new', async () => {
  const enrolled = await enroll();
  const stream = await watch(enrolled);
  expect(await stream.next()).toMatchObject({ version: '0' });
  for (let version = 1; version <= 100; version += 1) {
    await postAndPublish(enrolled.walletId);
    const event = await stream.next();
    expect(event).toMatchObject({ version: `${version}`, skipped: 0 });
    expect(event.wallet.version).toBe(`${version}`);
  }
  await stream.unsubscribe();
});

test('a change that the hop has brought is told to watchers once, when the feed brings it', async () => {
  const enrolled = await enroll();
  const stream = await watch(enrolled);
  await stream.next();
  const change = house.ledger.post(enrolled.walletId, 5n);
  const hop = createRpcClient(WalletServiceClient, {
    address: `127.0.0.1:${wallet.grpcPort}`,
    signer: house.keys.signers.ledger,
  });
  expect(await hop.call('applyBalanceChanges', { changes: [change] }, 2_000)).toEqual({ applied: 1 });
  expect(await versionOf(enrolled.walletId)).toBe(1n);
  await bus.publish([eventOf(change), eventOf(change)]);
  await postAndPublish(enrolled.walletId);
  expect(await stream.take(2)).toMatchObject([{ version: '1' }, { version: '2' }]);
  hop.close();
  await stream.unsubscribe();
});

test('what was published while the wallet was dead is applied when it is back', async () => {
  const wallets = await Promise.all(Array.from({ length: 10 }, enroll));
  await wallet.stop();
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(wallets.map(({ walletId }) => postAndPublish(walletId, 3n)));
  }
  expect(await versionOf(wallets[0]?.walletId ?? '')).toBe(0n);
  wallet = await startWallet(environment);
  await waitUntil(async () => {
    const versions = await Promise.all(wallets.map(({ walletId }) => versionOf(walletId)));
    return versions.every((version) => version === 20n);
  }, 'every wallet has caught up');
  expect(await wallet.rebuildBalances('check')).toMatchObject({ differences: [] });
});

test('two replicas each tell their own watchers', async () => {
  const enrolled = await enroll();
  const here = await watch(enrolled);
  const first = wallet;
  wallet = await startWallet(environment);
  const there = await watch(enrolled);
  await Promise.all([here.next(), there.next()]);
  await postAndPublish(enrolled.walletId);
  expect(await Promise.all([here.next(), there.next()])).toMatchObject([{ version: '1' }, { version: '1' }]);
  await Promise.all([here.unsubscribe(), there.unsubscribe()]);
  await first.stop();
});

test('an event of a holder that has no wallet yet is kept for it', async () => {
  house.ledger.beforeAnswer = () => Promise.reject(new Error('the wallet was killed here'));
  await expect(enroll()).rejects.toThrow();
  house.ledger.beforeAnswer = () => undefined;
  const holderId = [...house.ledger.holders.keys()].at(-1) ?? '';
  await postAndPublish(holderId, 7n);
  await waitUntil(async () => (await versionOf(holderId)) === 1n, 'the balance is stored');
});

test('connections that PostgreSQL cuts in the middle lose nothing, and everything recovers by itself', async () => {
  const enrolled = await enroll();
  const stream = await watch(enrolled, 'version skipped');
  await stream.next();
  for (let round = 1; round <= 5; round += 1) {
    await withAdminConnection(database.adminConnectionString, (client) =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('wallet', 'wallet event bus')`,
      ),
    );
    await postAndPublish(enrolled.walletId);
    expect(await stream.next()).toMatchObject({ version: `${round}`, skipped: 0 });
  }
  expect(await versionOf(enrolled.walletId)).toBe(5n);
  await stream.unsubscribe();
});

test('the probes answer, and a stop ends watchers and leaves the ports free', async () => {
  const probe = (path: string) => fetch(`http://127.0.0.1:${wallet.httpPort}/health/${path}`);
  expect((await probe('live')).status).toBe(200);
  expect((await probe('ready')).status).toBe(200);
  const stream = await watch(await enroll());
  await stream.next();
  await wallet.stop();
  await expect(stream.next()).rejects.toThrow();
  await expect(probe('live')).rejects.toThrow();
  await stream.unsubscribe().catch(() => stream.cut());
  wallet = await startWallet({ ...environment, HTTP_PORT: `${wallet.httpPort}`, GRPC_PORT: `${wallet.grpcPort}` });
});

test('a start that fails says why and leaves nothing open', async () => {
  await expect(startWallet({})).rejects.toThrow(ConfigurationError);
  await expect(startWallet({ ...environment, LEDGER_GRPC: 'nonsense' })).rejects.toThrow(
    /LEDGER_GRPC: must be host:port/,
  );
  await expect(startWallet({ ...environment, HTTP_PORT: `${wallet.httpPort}` })).rejects.toThrow(/EADDRINUSE/);
});
