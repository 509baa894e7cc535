import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MerchantHouse, openMerchantHouse } from '../../test/merchant-house.ts';

let house: MerchantHouse;
beforeAll(async () => {
  house = openMerchantHouse(await createTestDatabase());
});
afterAll(() => house.close());

const insufficientPrivilege = { code: '42501' };

test("the merchant's login cannot read the tables of another subgraph or of the bus", async () => {
  for (const schema of ['ledger', 'wallet', 'bus']) {
    const { rows } = await house.database.query<{ name: string }>(
      `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`,
      [schema],
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { name } of rows) {
      await expect(house.database.query(`SELECT FROM ${name}`)).rejects.toMatchObject(insufficientPrivilege);
    }
  }
});

test("the merchant's login can neither rewrite what is kept for good nor give itself the right", async () => {
  for (const statement of [
    'UPDATE program_versions SET points = 2',
    'DELETE FROM program_versions',
    'TRUNCATE program_versions',
    "UPDATE merchants SET currency = 'USD'",
    'DELETE FROM merchants',
    'DELETE FROM stores',
    "UPDATE partner_keys SET key_hash = ''",
    'DELETE FROM partner_keys',
    "UPDATE partners SET scopes = '{}'",
    'UPDATE idempotency_keys SET result = NULL',
    'DELETE FROM idempotency_keys',
    'DELETE FROM platform_operators',
    'UPDATE staff_members SET subject = NULL',
    'ALTER TABLE program_versions DISABLE TRIGGER ALL',
    'CREATE TABLE mine (id uuid)',
    'SET ROLE merchant_owner',
  ]) {
    await expect(house.database.query(statement), statement).rejects.toMatchObject(insufficientPrivilege);
  }
  // PostgreSQL only warns of a grant by somebody who may not give it; the right must not be there afterwards.
  await house.database.query('GRANT UPDATE ON program_versions TO merchant');
  const { rows } = await house.database.query<{ granted: boolean }>(
    `SELECT has_table_privilege('program_versions', 'UPDATE') AS granted`,
  );
  expect(rows[0]?.granted).toBe(false);
});
