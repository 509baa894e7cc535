import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { runBatch } from './run-batch.ts';

let house: LedgerHouse;
let wallet: HouseWallet;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  const merchant = await house.addMerchant();
  wallet = await house.openWallet(merchant);
  await house.run([await house.earning(wallet.holderId, 10n)]);
});

afterAll(() => house.close());

const denied = { code: '42501' };

describe('the role that the process logs in with', () => {
  const tables = [
    'transaction',
    'posting',
    'balance_change',
    'idempotency',
    'account',
    'holder',
    'lot',
    'hold',
    'hold_lot',
  ];
  test.each([...tables, 'asset', 'account_kind', 'posting_template', 'limit_rule', 'limit_usage'])(
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
      'replace a function of the ledger',
      "CREATE OR REPLACE FUNCTION ledger.rfc3339(timestamptz) RETURNS text LANGUAGE sql RETURN ''",
    ],
    ['call an inner part of the writing function', 'SELECT ledger.find_next_due(NULL::uuid[])'],
    ['end a limit without its key', 'UPDATE limit_rule SET ended_at = now()'],
    ['keep a key that does nothing', "SELECT ledger.keep_limit_key('s', 'k', 'c', '', NULL)"],
  ])('cannot %s', async (_what, statement) => {
    await expect(house.pool.query(statement)).rejects.toMatchObject(denied);
  });

  test('cannot grant itself a right', async () => {
    // PostgreSQL only warns of a grant that grants nothing.
    await house.pool.query('GRANT UPDATE ON posting TO ledger');
    await expect(house.pool.query('UPDATE posting SET amount = 1')).rejects.toMatchObject(denied);
  });

  test('cannot make the functions see tables of its own', async () => {
    const client = await house.pool.connect();
    try {
      await client.query('CREATE TEMPORARY TABLE account (id uuid)').catch(() => undefined);
      await client.query('SET search_path = pg_temp, ledger');
    } finally {
      client.release(true);
    }
    expect(await house.run([await house.earning(wallet.holderId, 1n)])).toMatchObject([{ status: 'DONE' }]);
  });

  /** Sends what the process would send, with one part of it forged on its way. */
  async function forge(change: (values: unknown[]) => void): Promise<unknown> {
    const client = await house.pool.connect();
    const send = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    const query = (statement: unknown): unknown => {
      if (typeof statement === 'object' && statement !== null && 'values' in statement && 'name' in statement) {
        const { name, values } = statement;
        if (name === 'write_batch' && Array.isArray(values)) change(values);
      }
      return send(statement);
    };
    const forged = Object.assign(Object.create(client), { query, release: () => undefined });
    const pool = { connect: async () => forged };
    try {
      return await runBatch({ ...house.batch, pool: pool as typeof house.batch.pool }, [
        await house.earning(wallet.holderId, 5n),
      ]);
    } finally {
      client.release(true);
    }
  }

  test.each([
    ['an amount that its lot does not have', 32, '{6}', 'lot_amounts_share_granted'],
    ['an amount of nothing', 32, '{0}', 'posting_amount_positive|lot_amounts_share_granted'],
    ['a lot that is not there', 34, '{01936b1e-0000-7000-8000-000000000001}', 'posting_lots_fkey'],
    ['an account that is not there', 29, '{01936b1e-0000-7000-8000-000000000001}', 'posting_accounts_fkey'],
    ["another merchant's books", 28, '{01936b1e-0000-7000-8000-000000000001}', 'posting_accounts_fkey'],
    ["another merchant's transaction", 9, '{01936b1e-0000-7000-8000-000000000001}', 'a row is of a holder that .*'],
    ["another holder's transaction", 10, '{01936b1e-0000-7000-8000-000000000001}', 'a row is of a holder that .*'],
    ["another merchant's lot", 37, '{01936b1e-0000-7000-8000-000000000001}', 'posting_lots_fkey'],
    ["another holder's balances", 56, '{01936b1e-0000-7000-8000-000000000001}', 'a row is of a holder that .*'],
    ['a transaction without a posting', 26, '{01936b1e-0000-7000-8000-000000000001}', 'a transaction posts nothing'],
    ['a version that the holder is not at', 1, '{999}', ''],
  ])('cannot write %s', async (_what, index, value, constraint) => {
    const before = await house.stateOf(wallet.holderId);
    const refused = await forge((values) => {
      values[index] = value;
    }).then(
      () => ({ code: undefined, constraint: undefined, message: 'nothing refused it' }),
      (error: { constraint?: string; code?: string; message: string }) => error,
    );
    if (constraint === '') expect(refused).toMatchObject({ code: '40001' });
    else expect(refused.constraint ?? refused.message).toMatch(new RegExp(`^(?:${constraint})$`));
    expect(await house.stateOf(wallet.holderId)).toEqual(before);
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
    ['lot', 'DELETE FROM ledger.lot'],
    ['hold', 'DELETE FROM ledger.hold'],
    ['account', 'DELETE FROM ledger.account'],
    ['posting_template', "UPDATE ledger.posting_template SET line = 'x'"],
  ])('still cannot change %s: %s', async (_table, statement) => {
    await expect(asAdministrator(statement)).rejects.toMatchObject({ code: '23001' });
  });

  test.each([
    ['break a floor', 'UPDATE ledger.account SET debits = credits + 1 WHERE floor = 0', 'account_balance_above_floor'],
    [
      'give a lot more than was granted',
      'UPDATE ledger.lot SET available = available + 1',
      'lot_amounts_share_granted',
    ],
    [
      'move value without saying of which lot',
      'INSERT INTO ledger.posting SELECT transaction_id, 2, merchant_id, debit_account_id, credit_account_id, asset_id, 1 FROM ledger.posting',
      'posting_lots_fkey',
    ],
    [
      'post for a holder that is not there',
      "INSERT INTO ledger.transaction (id, kind, merchant_id, holder_id, holder_version, program_id, program_version, occurred_at, recorded_at, actor_kind, actor_id) SELECT uuidv7(), 'BURN', merchant_id, uuidv7(), 1, program_id, 1, now(), now(), actor_kind, actor_id FROM ledger.transaction LIMIT 1",
      'transaction_holder_fkey',
    ],
    [
      'tell of a balance of a holder that is not there',
      'INSERT INTO ledger.balance_change SELECT uuidv7(), 1, merchant_id, transaction_id, kind, deltas, balances FROM ledger.balance_change LIMIT 1',
      'balance_change_holder_fkey',
    ],
    [
      'leave a version of a holder out',
      'INSERT INTO ledger.balance_change SELECT holder_id, version + 5, merchant_id, transaction_id, kind, deltas, balances FROM ledger.balance_change LIMIT 1',
      'balance_change_versions',
    ],
    [
      'move a negative amount',
      'INSERT INTO ledger.posting SELECT transaction_id, 2, merchant_id, debit_account_id, credit_account_id, asset_id, -1 FROM ledger.posting',
      'posting_amount_positive',
    ],
    [
      'move an amount of another asset',
      'INSERT INTO ledger.posting SELECT transaction_id, 2, merchant_id, debit_account_id, credit_account_id, asset_id + 1, 1 FROM ledger.posting',
      'posting_accounts_fkey',
    ],
    [
      "move an amount in another merchant's books",
      'INSERT INTO ledger.posting SELECT transaction_id, 2, uuidv7(), debit_account_id, credit_account_id, asset_id, 1 FROM ledger.posting',
      'posting_accounts_fkey',
    ],
    [
      'give a holder an account of the issuer',
      `INSERT INTO ledger.account (merchant_id, program_id, holder_id, kind, normal_side, belongs_to, part, asset_id)
       SELECT merchant_id, program_id, holder_id, 'POINTS_COST', 'DEBIT', 'HOLDER', 'ISSUER', asset_id FROM ledger.account WHERE holder_id IS NOT NULL`,
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
