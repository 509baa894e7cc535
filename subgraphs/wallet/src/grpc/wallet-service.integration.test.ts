import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import type { ServiceName } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { createRpcClient, RpcFailed, RpcRefused, type RpcServer, startRpcServer } from '@localplus/rpc';
import { WalletServiceClient } from '@localplus/rpc/wallet';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { staffOf } from '../../test/callers.ts';
import { type CommandHouse, openCommandHouse } from '../../test/command-house.ts';
import { enrollConsumer } from '../commands/enroll-consumer.ts';
import { linkConsumerLogin } from '../commands/link-consumer-login.ts';
import { loadBalances } from '../store/balance-rows.ts';
import { walletService } from './wallet-service.ts';

const deadlineMs = 2_000;
let database: TestDatabase;
let house: CommandHouse;
let server: RpcServer;
let enrolled: { walletId: string; consumerId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openCommandHouse(database.connectionString('wallet'));
  const logger = createLogger('wallet-test', { write: () => undefined });
  const service = walletService({ pool: house.pool, store: house.store, verifier: house.keys.verifier, logger });
  server = await startRpcServer({ address: '127.0.0.1', port: 0, services: [service] });
  const person = { givenName: 'Camille', email: 'camille@example.fr', locale: 'fr-FR' };
  const asked = { ...person, idempotencyKey: newId('evt'), programId: house.programId };
  enrolled = await enrollConsumer(house, staffOf(house.merchantId), asked);
});
afterAll(async () => {
  await server.stop();
  await house.close();
  await database.drop();
});

async function as<Answer>(
  service: ServiceName,
  work: (client: ReturnType<typeof createRpcClient<WalletServiceClient>>) => Promise<Answer>,
): Promise<Answer> {
  const client = createRpcClient(WalletServiceClient, {
    address: `127.0.0.1:${server.port}`,
    signer: house.keys.signers[service],
  });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

test('a batch of the ledger is applied once, however often it comes', async () => {
  const holderId = fromUuid('wal', enrolled.walletId);
  const changes = [house.ledger.post(holderId, 10n), house.ledger.post(holderId, 5n)];
  expect(await as('ledger', (client) => client.call('applyBalanceChanges', { changes }, deadlineMs))).toEqual({
    applied: 2,
  });
  expect(await as('ledger', (client) => client.call('applyBalanceChanges', { changes }, deadlineMs))).toEqual({
    applied: 0,
  });
  expect((await loadBalances(house.pool, [enrolled.walletId])).get(enrolled.walletId)).toMatchObject({
    version: 2n,
    balances: [{ posted: 15n }],
  });
});

test('a change that says nothing of why or when is refused as a whole', async () => {
  const holderId = fromUuid('wal', enrolled.walletId);
  const good = house.ledger.post(holderId, 1n);
  const broken = { ...house.ledger.post(holderId, 1n), kind: 'BALANCE_CHANGE_KIND_UNSPECIFIED' as const };
  const applied = as('ledger', (client) => client.call('applyBalanceChanges', { changes: [good, broken] }, deadlineMs));
  await expect(applied).rejects.toThrow(RpcFailed);
  expect((await loadBalances(house.pool, [enrolled.walletId])).get(enrolled.walletId)).toMatchObject({ version: 2n });
});

test('a login is resolved to its consumer, an unknown one to nobody', async () => {
  const login = { issuer: 'https://login.example.fr', subject: 'camille' };
  await linkConsumerLogin(house.pool, { ...login, consumerId: enrolled.consumerId, idempotencyKey: newId('evt') });
  expect(await as('gateway', (client) => client.call('resolveCaller', login, deadlineMs))).toEqual({
    consumerId: fromUuid('con', enrolled.consumerId),
  });
  const unknown = { ...login, subject: 'somebody else' };
  expect(await as('gateway', (client) => client.call('resolveCaller', unknown, deadlineMs))).toEqual({
    consumerId: '',
  });
});

test('only the ledger brings balances, and only the gateway resolves logins', async () => {
  for (const service of ['gateway', 'merchant', 'wallet'] as const) {
    const applied = as(service, (client) => client.call('applyBalanceChanges', { changes: [] }, deadlineMs));
    await expect(applied).rejects.toThrow(RpcRefused);
  }
  for (const service of ['ledger', 'merchant', 'wallet'] as const) {
    const resolved = as(service, (client) => client.call('resolveCaller', { issuer: 'i', subject: 's' }, deadlineMs));
    await expect(resolved).rejects.toThrow(RpcRefused);
  }
});

test('ids of other kinds are no holders', async () => {
  const change = { ...house.ledger.post(fromUuid('wal', enrolled.walletId), 1n), holderId: newId('con') };
  await expect(
    as('ledger', (client) => client.call('applyBalanceChanges', { changes: [change] }, deadlineMs)),
  ).rejects.toThrow(RpcFailed);
  const card = { ...change, holderId: newId('gc') };
  expect(await as('ledger', (client) => client.call('applyBalanceChanges', { changes: [card] }, deadlineMs))).toEqual({
    applied: 1,
  });
  expect(await loadBalances(house.pool, [toUuid(card.holderId, 'gc')])).toHaveProperty('size', 1);
});
