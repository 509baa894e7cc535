import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSnapshot } from './snapshot.ts';
import { verifyInstallation } from './verify-installation.ts';

const [wallet, merchant, program, consumer] = [newId('wal'), newId('mer'), newId('prg'), newId('con')];
const code = `PTS.${program.slice('prg_'.length)}`;
const zero = { posted: '0', pending: '0', held: '0' };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await asAdministrator(
    `SELECT ledger.open_holder('${toUuid(wallet, 'wal')}', 'wallet', '${toUuid(merchant, 'mer')}', '${toUuid(program, 'prg')}',
      '${toUuid(consumer, 'con')}', '{${code}}', '{0}', '{POINTS_LIABILITY,POINTS_PENDING,POINTS_HELD,POINTS_RECEIVABLE}', '{POINTS_COST}')`,
  );
  await tellWallet(0, zero);
});
afterAll(() => database.drop());

async function asAdministrator(statement: string): Promise<void> {
  await withAdminConnection(database.adminConnectionString, (client) => client.query(statement));
}

async function tellWallet(version: number, amounts: typeof zero): Promise<void> {
  const balances = JSON.stringify([{ code, scale: 0, ...amounts }]);
  await asAdministrator(
    `INSERT INTO wallet.balances (holder_id, version, balances, occurred_at) VALUES ('${toUuid(wallet, 'wal')}', ${version}, '${balances}', now())
     ON CONFLICT (holder_id) DO UPDATE SET version = excluded.version, balances = excluded.balances`,
  );
}

/** A change of nothing, as if somebody had posted it so long ago. */
async function postNothing(version: number, ageSeconds: number): Promise<void> {
  const transaction = toUuid(newId('trx'), 'trx');
  const holder = toUuid(wallet, 'wal');
  const told = JSON.stringify([{ asset: { code, scale: 0 }, ...zero, available: '0' }]);
  await asAdministrator(
    `SET session_replication_role = replica;
     INSERT INTO ledger.transaction (id, kind, merchant_id, holder_id, holder_version, program_id, program_version, related_transaction_id, occurred_at, recorded_at, actor_kind, actor_id)
       SELECT '${transaction}', 'RETURN', merchant_id, id, ${version}, program_id, 1, '${transaction}', now(), now() - interval '${ageSeconds} seconds', 'system', 'test' FROM ledger.holder;
     INSERT INTO ledger.balance_change (holder_id, version, merchant_id, transaction_id, kind, deltas, balances)
       SELECT id, ${version}, merchant_id, '${transaction}', 'RETURN', '[]', '${told}' FROM ledger.holder WHERE id = '${holder}';
     UPDATE ledger.holder SET version = ${version}`,
  );
}

async function verify(): Promise<{ isSound: boolean; text: string }> {
  const lines: string[] = [];
  const urls = { ledgerUrl: database.connectionString('ledger'), walletUrl: database.connectionString('wallet') };
  const isSound = await verifyInstallation(urls, (text) => void lines.push(text));
  return { isSound, text: lines.join('\n') };
}

test('an installation in which all holds is told so, with what was looked at', async () => {
  const { isSound, text } = await verify();
  expect(text).toMatch(/ 1 rows of holder\n/);
  expect(text).not.toContain('FAULT');
  expect(text).toMatch(/\d+ of \d+ checks hold/);
  expect(isSound).toBe(true);
});

test('a wallet that hears of something a little later is not at fault, one that never did is', async () => {
  await postNothing(1, 5);
  expect((await verify()).text).toContain('1 rows compared, 1 of them about to hear of something newer');
  await asAdministrator(
    "SET session_replication_role = replica; UPDATE ledger.transaction SET recorded_at = now() - interval '2 minutes'",
  );
  const { isSound, text } = await verify();
  expect(text).toContain(
    `the first: holder ${wallet}, version 0, version of the ledger 1, because the wallet never heard of what came next`,
  );
  expect(isSound).toBe(false);
});

test('a wallet that shows something else than the ledger says is named', async () => {
  await tellWallet(1, zero);
  expect((await verify()).isSound).toBe(true);
  await tellWallet(1, { ...zero, posted: '5' });
  expect((await verify()).text).toContain(
    `holder ${wallet}, version 1, version of the ledger 1, because the balances differ`,
  );
  await tellWallet(2, zero);
  expect((await verify()).isSound).toBe(false);
  await tellWallet(1, zero);
});

test('a fault of the ledger is named with its identifiers', async () => {
  await asAdministrator("UPDATE ledger.account SET floor = -1 WHERE kind = 'POINTS_LIABILITY'");
  const { isSound, text } = await verify();
  expect(isSound).toBe(false);
  expect(text).toMatch(
    /FAULT +an account of a holder has no floor of zero .*\n.*the first: account acc_\w{26}, holder wal_\w{26}, floor -1/,
  );
  expect(text).toContain(fromUuid('wal', toUuid(wallet, 'wal')));
  await asAdministrator("UPDATE ledger.account SET floor = 0 WHERE kind = 'POINTS_LIABILITY'");
});

test('nothing can be written by whoever verifies', async () => {
  const writing = withSnapshot(database.connectionString('wallet'), (client) =>
    client.query('UPDATE balances SET version = version'),
  );
  await expect(writing).rejects.toMatchObject({ code: '25006' });
});
