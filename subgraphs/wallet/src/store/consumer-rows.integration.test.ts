import { newId, toUuid } from '@localplus/identifiers';
import { createLogger } from '@localplus/logging';
import { constraintName, createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './connection.ts';
import { findOrAddConsumer } from './consumer-rows.ts';

let database: TestDatabase;
let pool: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString('wallet'), name: 'wallet-test', max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test.each([
  [{ email: 'Canary@example.fr', phone: undefined }, 'consumers_email_form'],
  [{ email: undefined, phone: '0612345678' }, 'consumers_phone_form'],
  [{ email: undefined, phone: undefined }, 'consumers_contact_present'],
])(
  'the database itself refuses %j, and the refusal carries no personal data into the log',
  async (contact, constraint) => {
    const person = { givenName: 'Canary', locale: 'fr', ...contact };
    const refused = await findOrAddConsumer(pool, toUuid(newId('con'), 'con'), person).catch((error: unknown) => error);
    expect(constraintName(refused)).toBe(constraint);
    const lines: string[] = [];
    createLogger('test', { write: (line: string) => void lines.push(line) }).error({ err: refused }, 'failed');
    expect(lines.join()).toMatch(constraint);
    expect(lines.join()).not.toMatch(/canary|0612345678/i);
  },
);

test('the wallet may not delete or change who somebody is, nor read its neighbours', async () => {
  for (const statement of [
    'DELETE FROM consumers',
    'UPDATE consumers SET given_name = given_name',
    'DELETE FROM wallets',
    'DELETE FROM balances',
  ]) {
    await expect(pool.query(statement)).rejects.toThrow(/permission denied/);
  }
  const { rows } = await pool.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(current_user, oid, 'USAGE')`,
  );
  expect(rows).toEqual([{ schema: 'wallet' }]);
});
