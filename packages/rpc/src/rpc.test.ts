import {
  createIdentitySigner,
  createIdentityVerifier,
  type IdentitySigner,
  internalKeySetSchema,
  type ServiceName,
} from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WalletServiceClient, WalletServiceService } from './generated/localplus/wallet/v1/wallet.ts';
import {
  createRpcClient,
  RpcDeadlineExceeded,
  RpcFailed,
  RpcRefused,
  type RpcServer,
  RpcUnavailable,
  rpcStatus,
  startRpcServer,
  unary,
} from './index.ts';

const int64Max = 9_223_372_036_854_775_807n;
let signers: Record<'ledger' | 'merchant', IdentitySigner>;
let server: RpcServer;
let answer: () => Promise<{ applied: number }>;
let receivedVersion: bigint | undefined;

async function makeKeys(names: ServiceName[]) {
  const pairs = await Promise.all(
    names.map(async (kid) => ({ kid, ...(await generateKeyPair('EdDSA', { extractable: true })) })),
  );
  const verifier = createIdentityVerifier(
    internalKeySetSchema.parse({
      keys: await Promise.all(pairs.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid }))),
    }),
  );
  const made = await Promise.all(
    pairs.map(async ({ kid, privateKey }) => createIdentitySigner({ ...(await exportJWK(privateKey)), kid })),
  );
  return { verifier, made };
}

function clientOf(signer: IdentitySigner) {
  return createRpcClient(WalletServiceClient, { address: `127.0.0.1:${server.port}`, signer });
}

beforeEach(async () => {
  const { verifier, made } = await makeKeys(['ledger', 'merchant']);
  const [ledger, merchant] = made;
  if (!ledger || !merchant) throw new Error('two keys were made');
  signers = { ledger, merchant };
  answer = async () => ({ applied: 1 });
  const options = { verifier, logger: createLogger('test', { write: () => undefined }), allowed: ['ledger'] as const };
  server = await startRpcServer({
    address: '127.0.0.1',
    port: 0,
    services: [
      {
        definition: WalletServiceService,
        implementation: {
          applyBalanceChanges: unary(options, async (request: { changes: { version: bigint }[] }) => {
            receivedVersion = request.changes[0]?.version;
            return answer();
          }),
          resolveCaller: unary(options, async () => ({ consumerId: '' })),
        },
      },
    ],
  });
});
afterEach(() => server.stop());

const change = {
  holderId: 'wal_1',
  merchantId: 'mer_1',
  programId: 'prg_1',
  consumerId: '',
  storeId: '',
  transactionId: 'trx_1',
  kind: 'BALANCE_CHANGE_KIND_EARN' as const,
  version: int64Max,
  deltas: [],
  balances: [],
  occurredAt: new Date(),
  recordedAt: new Date(),
};

test('64-bit versions cross the wire unchanged', async () => {
  const client = clientOf(signers.ledger);
  expect(await client.call('applyBalanceChanges', { changes: [change] }, 1_000)).toEqual({ applied: 1 });
  expect(receivedVersion).toBe(int64Max);
  client.close();
});

test('a service that a method is not open to is refused', async () => {
  const client = clientOf(signers.merchant);
  await expect(client.call('applyBalanceChanges', { changes: [] }, 1_000)).rejects.toThrow(RpcRefused);
  client.close();
});

test('an answer that does not come in time ends at the deadline', async () => {
  const { promise, resolve } = Promise.withResolvers<{ applied: number }>();
  answer = () => promise;
  const client = clientOf(signers.ledger);
  await expect(client.call('applyBalanceChanges', { changes: [] }, 50)).rejects.toThrow(RpcDeadlineExceeded);
  resolve({ applied: 0 });
  client.close();
});

test('a chosen status reaches the caller, an unexpected error is masked', async () => {
  const client = clientOf(signers.ledger);
  answer = () => Promise.reject(rpcStatus('NOT_FOUND', 'No such holder.'));
  await expect(client.call('applyBalanceChanges', { changes: [] }, 1_000)).rejects.toThrow(/No such holder/);
  answer = () => Promise.reject(new Error('select secret_column'));
  const failure = await client.call('applyBalanceChanges', { changes: [] }, 1_000).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RpcFailed);
  expect(String(failure)).not.toMatch(/secret_column/);
  client.close();
});

test('a peer that is gone is told from a peer that refuses', async () => {
  const client = clientOf(signers.ledger);
  await server.stop();
  await expect(client.call('applyBalanceChanges', { changes: [] }, 1_000)).rejects.toThrow(RpcUnavailable);
  client.close();
});
