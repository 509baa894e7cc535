import { fromUuid } from '@localplus/identifiers';
import { createLogger } from '@localplus/logging';
import { createRpcClient, startRpcServer } from '@localplus/rpc';
import { LedgerServiceClient } from '@localplus/rpc/ledger';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumer } from '../test/callers.ts';
import { openDoor } from '../test/graphql-house.ts';
import { makeInternalKeys } from '../test/internal-keys.ts';
import { findFaults } from '../test/invariants.ts';
import { type HouseWallet, type LedgerHouse, openLedgerHouse, terms } from '../test/ledger-house.ts';
import { burning, holding, returning } from '../test/requests.ts';
import { ledgerService } from './grpc/ledger-service.ts';

const deadlineMs = 5_000;

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterAll(async () => {
  expect(await findFaults(house.pool)).toEqual([]);
  await house.close();
});

/** One balance, as each layer shows it: [posted, pending, held, available] by transaction, oldest first. */
type Shown = string[][];

interface Amounts<Amount> {
  posted: Amount;
  pending: Amount;
  held: Amount;
  available: Amount;
}

const show = ({ posted, pending, held, available }: Amounts<string | bigint>): string[] =>
  [posted, pending, held, available].map(String);

async function inSql({ holderId }: HouseWallet): Promise<Shown> {
  const { rows } = await house.pool.query<{ balances: Amounts<string>[] }>(
    'SELECT balances FROM balance_change WHERE holder_id = $1 ORDER BY version',
    [holderId],
  );
  return rows.flatMap(({ balances }) => balances.map(show));
}

async function inEvents({ wallet }: HouseWallet): Promise<Shown> {
  const { rows } = await house.pool.query<{ value: { balances: Amounts<string>[] } }>(
    'SELECT value FROM outbox WHERE key = $1 ORDER BY position',
    [wallet],
  );
  return rows.flatMap(({ value }) => value.balances.map(show));
}

async function inGrpc({ wallet }: HouseWallet): Promise<Shown> {
  const keys = await makeInternalKeys();
  const service = ledgerService({ pool: house.pool, verifier: keys.verifier, logger: createLogger('ledger test') });
  const server = await startRpcServer({ address: '127.0.0.1', port: 0, services: [service] });
  const client = createRpcClient(LedgerServiceClient, {
    address: `127.0.0.1:${server.port}`,
    signer: keys.signers.wallet,
  });
  const asked = { holderId: wallet, afterVersion: 0n, limit: 100 };
  const { changes } = await client.call('listBalanceChanges', asked, deadlineMs);
  client.close();
  await server.stop();
  return changes.flatMap(({ balances }) => balances.map((each) => show(each as Amounts<bigint>)));
}

async function inGraphql({ consumer: id }: HouseWallet, transactionIds: readonly string[]): Promise<Shown> {
  const { ask } = openDoor(house);
  const shown: Shown = [];
  for (const transactionId of transactionIds) {
    const { data, codes } = await ask<{ ledgerTransaction: { balancesAfter: Amounts<string>[] } }>(
      consumer(id),
      'query ($id: ID!) { ledgerTransaction(id: $id) { balancesAfter { posted pending held available } } }',
      { id: fromUuid('trx', transactionId) },
    );
    expect(codes).toEqual([]);
    shown.push(...data.ledgerTransaction.balancesAfter.map(show));
  }
  return shown;
}

test.each([
  ['2^53 + 1, which a JSON number cannot hold', 2n ** 53n + 1n],
  ['2^62', 2n ** 62n],
])('%s and less than nothing by as much are the same in SQL, events, gRPC and GraphQL', async (_what, most) => {
  const owing = { ...terms, perAmountMinor: 1n, negativeBalance: 'UNLIMITED' as const };
  const wallet = await house.openWallet(await house.addMerchant([owing]));
  const holder = await house.holder(wallet.holderId);
  const purchase = { amountMinor: most, currency: 'EUR' };
  const earned = await house.earning(wallet.holderId, most, { purchase });
  const holdId = earned.transactionId;
  const transactionIds = [];
  for (const doing of [
    { operation: earned.operation, transactionId: earned.transactionId },
    holding(holder, most - 1n, holdId),
    { operation: { type: 'RELEASE' as const, holdId } },
    burning(holder, most),
    // What is owed is all that it has: that much less than nothing.
    returning(earned.transactionId, { amountMinor: most }, owing),
  ]) {
    const request = await house.earning(wallet.holderId, 1n, doing);
    expect(await house.writer.post(request)).toMatchObject({ status: 'DONE' });
    transactionIds.push(request.transactionId);
  }

  const expected: Shown = [
    [most, 0n, 0n, most],
    [most, 0n, most - 1n, 1n],
    [most, 0n, 0n, most],
    [0n, 0n, 0n, 0n],
    [-most, 0n, 0n, -most],
  ].map((row) => row.map(String));
  expect(await inSql(wallet)).toEqual(expected);
  expect(await inEvents(wallet)).toEqual(expected);
  expect(await inGrpc(wallet)).toEqual(expected);
  expect(await inGraphql(wallet, transactionIds)).toEqual(expected);
  expect(await house.stateOf(wallet.holderId)).toMatchObject({ posted: -most, available: -most });
});
