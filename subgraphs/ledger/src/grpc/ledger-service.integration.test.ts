import { fromUuid, newId } from '@localplus/identifiers';
import type { ServiceName } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { createRpcClient, RpcRefused, type RpcServer, startRpcServer } from '@localplus/rpc';
import { LedgerServiceClient, type OpenHolderRequest } from '@localplus/rpc/ledger';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type InternalKeys, makeInternalKeys } from '../../test/internal-keys.ts';
import { type HouseMerchant, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning } from '../../test/requests.ts';
import { ledgerService } from './ledger-service.ts';

const deadlineMs = 5_000;

let house: LedgerHouse;
let keys: InternalKeys;
let server: RpcServer;
let merchant: HouseMerchant;
const clients: Partial<Record<ServiceName, ReturnType<typeof connect>>> = {};

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  keys = await makeInternalKeys();
  const service = ledgerService({ pool: house.pool, verifier: keys.verifier, logger: createLogger('ledger test') });
  server = await startRpcServer({ address: '127.0.0.1', port: 0, services: [service] });
});

beforeEach(async () => {
  merchant = await house.addMerchant();
});

afterAll(async () => {
  for (const client of Object.values(clients)) client.close();
  await server.stop();
  await house.close();
});

function connect(service: ServiceName) {
  return createRpcClient(LedgerServiceClient, { address: `127.0.0.1:${server.port}`, signer: keys.signers[service] });
}

function as(service: ServiceName) {
  clients[service] ??= connect(service);
  return clients[service];
}

function opening(more: Partial<OpenHolderRequest> = {}): OpenHolderRequest {
  const assets = [{ code: merchant.pointAssetCode, scale: 0 }];
  const ids = { holderId: newId('wal'), merchantId: merchant.merchant, consumerId: newId('con') };
  return { ...ids, programId: fromUuid('prg', merchant.programId), assets, ...more };
}

const open = (request: OpenHolderRequest) => as('wallet').call('openHolder', request, deadlineMs);
const list = (holderId: string, afterVersion = 0n, limit = 1_000) =>
  as('wallet').call('listBalanceChanges', { holderId, afterVersion, limit }, deadlineMs);

describe('OpenHolder', () => {
  test('opens a holder at version 0 with nothing in it, and answers the same again', async () => {
    const request = opening();
    const nothing = { posted: 0n, pending: 0n, held: 0n, available: 0n };
    const answer = { version: 0n, balances: [{ asset: { code: merchant.pointAssetCode, scale: 0 }, ...nothing }] };
    expect(await open(request)).toEqual(answer);
    expect(await open(request)).toEqual(answer);
  });

  test('answers where a holder stands by now', async () => {
    const { wallet, consumer, holderId } = await house.openWallet(merchant);
    await house.writer.post(await house.earning(holderId, 9n));
    const state = await open(opening({ holderId: wallet, consumerId: consumer }));
    expect(state).toMatchObject({ version: 1n, balances: [{ posted: 9n, available: 9n }] });
  });

  test('refuses a holder of somebody else', async () => {
    const request = opening();
    await open(request);
    await expect(open({ ...request, consumerId: newId('con') })).rejects.toThrow('another owner');
  });

  test.each([
    ['without an asset', { assets: [] }],
    ['of an asset that cannot be', { assets: [{ code: 'euros', scale: 2 }] }],
    ['with a malformed identifier', { merchantId: 'mer_nonsense' }],
  ])('refuses an opening %s', async (_what, more) => {
    await expect(open(opening(more))).rejects.toThrow(RpcRefused);
  });
});

describe('ListBalanceChanges', () => {
  test('lists every change behind a version, in order, with the state that they lead to', async () => {
    const { wallet, holderId } = await house.openWallet(merchant);
    const spend = burning(await house.holder(holderId), 4n);
    const storeId = merchant.storeIds[0];
    const occurredAt = new Date('2026-03-01T12:00:00.123Z');
    for (const request of [
      await house.earning(holderId, 10n, { storeId, occurredAt }),
      await house.earning(holderId, 1n, spend),
      await house.earning(holderId, 7n),
    ]) {
      await house.writer.post(request);
    }
    const { changes, currentVersion, currentBalances } = await list(wallet);
    expect(changes).toMatchObject([
      {
        version: 1n,
        kind: 'BALANCE_CHANGE_KIND_EARN',
        storeId: merchant.stores[0],
        occurredAt,
        deltas: [{ posted: 10n }],
      },
      {
        version: 2n,
        kind: 'BALANCE_CHANGE_KIND_BURN',
        storeId: '',
        deltas: [{ posted: -4n }],
        balances: [{ posted: 6n }],
      },
      { version: 3n, balances: [{ posted: 13n, available: 13n }] },
    ]);
    expect([currentVersion, currentBalances]).toMatchObject([3n, [{ posted: 13n }]]);
    expect((await list(wallet, 1n, 1)).changes.map(({ version }) => version)).toEqual([2n]);
    expect((await list(wallet, 3n)).changes).toEqual([]);
  });

  test('says that a holder is unknown, and refuses a limit out of its bounds', async () => {
    await expect(list(newId('wal'))).rejects.toThrow('no such holder');
    await expect(list(newId('wal'), 0n, 1_001)).rejects.toThrow(RpcRefused);
    await expect(list('wal_nonsense')).rejects.toThrow(RpcRefused);
  });
});

test.each(['gateway', 'merchant', 'ledger'] as const)('the %s may call nothing', async (service) => {
  await expect(as(service).call('openHolder', opening(), deadlineMs)).rejects.toThrow('not open');
  const request = { holderId: newId('wal'), afterVersion: 0n, limit: 1 };
  await expect(as(service).call('listBalanceChanges', request, deadlineMs)).rejects.toThrow('not open');
});
