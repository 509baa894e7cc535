import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { postBatch } from './post-batch.ts';

let house: LedgerHouse;
let wallet: HouseWallet;

beforeAll(async () => {
  house = openLedgerHouse(await createTestDatabase());
  const merchant = await house.addMerchant();
  wallet = await house.openWallet(merchant);
  await postBatch(house.pool, [await house.earning(wallet.holderId, 10n)]);
});

afterAll(() => house.close());

const denied = { code: '42501' };

describe('the role that the process logs in with', () => {
  test.each(['transaction', 'posting', 'balance_change', 'idempotency', 'account', 'holder', 'asset', 'account_kind'])(
    'reads %s and can neither add, change, remove nor empty',
    async (table) => {
      await house.pool.query(`SELECT * FROM ${table} LIMIT 1`);
      const { rows } = await house.pool.query(
        `SELECT column_name FROM information_schema.columns
       WHERE table_name = $1 AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position LIMIT 1`,
        [table],
      );
      const column = rows[0]?.column_name;
      await expect(house.pool.query(`INSERT INTO ${table} DEFAULT VALUES`)).rejects.toMatchObject(denied);
      await expect(house.pool.query(`UPDATE ${table} SET ${column} = ${column}`)).rejects.toMatchObject(denied);
      await expect(house.pool.query(`DELETE FROM ${table}`)).rejects.toMatchObject(denied);
      await expect(house.pool.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject(denied);
    },
  );

  test.each([
    ['write a balance', 'UPDATE account SET credits = credits + 1'],
    ['invent an event', "INSERT INTO outbox (topic, key, aggregate_version, value) VALUES ('t', 'k', 1, '{}')"],
    ['become the owner', 'SET ROLE ledger_owner'],
    ['take off a trigger', 'ALTER TABLE posting DISABLE TRIGGER ALL'],
    ['switch triggers off', 'SET session_replication_role = replica'],
    [
      'replace the posting function',
      "CREATE OR REPLACE FUNCTION ledger.rfc3339(timestamptz) RETURNS text LANGUAGE sql RETURN ''",
    ],
    ['call an inner part of the posting function', 'SELECT ledger.movements(NULL)'],
  ])('cannot %s', async (_what, statement) => {
    await expect(house.pool.query(statement)).rejects.toMatchObject(denied);
  });

  test('cannot grant itself a right', async () => {
    // PostgreSQL only warns of a grant that grants nothing.
    await house.pool.query('GRANT UPDATE ON posting TO ledger');
    await expect(house.pool.query('UPDATE posting SET amount = 1')).rejects.toMatchObject(denied);
  });

  test('cannot make the posting function see tables of its own', async () => {
    const client = await house.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('CREATE TEMPORARY TABLE account (id uuid)').catch(() => client.query('ROLLBACK; BEGIN'));
      await client.query('SET LOCAL search_path = pg_temp, ledger');
      const [outcome] = await postBatch(client, [await house.earning(wallet.holderId, 1n)]);
      expect(outcome?.status).toBe('POSTED');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});

describe('a superuser, who passes every grant,', () => {
  test.each([
    ['transaction', "UPDATE ledger.transaction SET reference = 'x'"],
    ['transaction', 'DELETE FROM ledger.transaction'],
    ['posting', 'UPDATE ledger.posting SET amount = amount + 1'],
    ['posting', 'DELETE FROM ledger.posting'],
    ['posting', 'TRUNCATE ledger.posting'],
    ['balance_change', "UPDATE ledger.balance_change SET balances = '[]'"],
    ['balance_change', 'DELETE FROM ledger.balance_change'],
    ['idempotency', "UPDATE ledger.idempotency SET key = 'x'"],
  ])('still cannot change %s: %s', async (_table, statement) => {
    await expect(asAdministrator(statement)).rejects.toMatchObject({ code: '23001' });
  });

  test.each([
    ['break a floor', 'UPDATE ledger.account SET debits = credits + 1 WHERE floor = 0', 'account_balance_above_floor'],
    [
      'move a negative amount',
      'INSERT INTO ledger.posting SELECT transaction_id, 2, merchant_id, debit_account_id, credit_account_id, asset_id, -1 FROM ledger.posting',
      'posting_amount_positive',
    ],
    [
      'move an amount of another asset',
      'INSERT INTO ledger.posting SELECT transaction_id, 2, merchant_id, debit_account_id, credit_account_id, asset_id + 1, 1 FROM ledger.posting',
      'posting_debit_account_fkey',
    ],
    [
      "move an amount in another merchant's books",
      'INSERT INTO ledger.posting SELECT transaction_id, 2, uuidv7(), debit_account_id, credit_account_id, asset_id, 1 FROM ledger.posting',
      'posting_debit_account_fkey',
    ],
    [
      'give a holder an account of the issuer',
      `INSERT INTO ledger.account (merchant_id, program_id, holder_id, kind, normal_side, belongs_to, asset_id)
       SELECT merchant_id, program_id, holder_id, 'POINTS_COST', 'DEBIT', 'HOLDER', asset_id FROM ledger.account WHERE holder_id IS NOT NULL`,
      'account_kind_fkey|account_floor_of_holder',
    ],
  ])('cannot %s', async (_what, statement, constraint) => {
    await expect(asAdministrator(statement)).rejects.toMatchObject({
      constraint: expect.stringMatching(new RegExp(`^(?:${constraint})$`)),
    });
  });
});

async function asAdministrator(statement: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: house.database.adminConnectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
