import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { operator, staffOf } from '../../test/callers.ts';
import { type Ask, openDoor } from '../../test/graphql-house.ts';
import { type HouseMerchant, type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, holding } from '../../test/requests.ts';

let house: LedgerHouse;
let ask: Ask;
let merchant: HouseMerchant;
let wallets: HouseWallet[];

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  ({ ask } = openDoor(house));
});

beforeEach(async () => {
  merchant = await house.addMerchant();
  wallets = [await house.openWallet(merchant, 100n), await house.openWallet(merchant, 50n)];
});

afterAll(() => house.close());

const source = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Merchant {
  liability { vatType outstanding }
  liabilityTotals { asset { code } pending available held outstanding isOfLedger }
  trialBalance { rows { debits credits } totals { asset { code } debits credits } isBalanced } } } }`;

interface Books {
  liability: { vatType: string; outstanding: string }[] | null;
  liabilityTotals: { outstanding: string; isOfLedger: boolean }[] | null;
  trialBalance: {
    rows: { debits: string; credits: string }[];
    totals: { debits: string; credits: string }[];
    isBalanced: boolean;
  } | null;
}

async function booksFor(caller: Parameters<Ask>[0]): Promise<Books> {
  const representations = [{ __typename: 'Merchant', id: merchant.merchant }];
  const { data } = await ask<{ _entities: Books[] }>(caller, source, { representations });
  const [books] = data._entities;
  if (books === undefined) throw new Error('The merchant has no books.');
  return books;
}

/** Something that no command does. */
function asAdministrator(statement: string, values: unknown[]) {
  return withAdminConnection(house.database.adminConnectionString, async (client) => {
    await client.query('SET search_path = ledger; SET session_replication_role = replica');
    await client.query(statement, values);
  });
}

const sum = (amounts: readonly string[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n);

test('the totals are the sums of the rows, in every way of counting, and what the ledger says', async () => {
  const [first, second] = await Promise.all(wallets.map(({ holderId }) => house.holder(holderId)));
  const request = (holderId: string) => house.earning(holderId, 1n);
  const spent = { ...(await request(first!.id)), ...burning(first!, 30n) };
  const held = { ...(await request(second!.id)), ...holding(second!, 20n, house.batch.newId()) };
  expect(await house.run([spent, held])).toMatchObject([{ status: 'DONE' }, { status: 'DONE' }]);
  // One lot of another kind of VAT, as cards will have.
  await asAdministrator("UPDATE lot SET vat_type = 'MPV' WHERE holder_id = $1", [first!.id]);

  const books = await booksFor(staffOf(merchant.merchant));
  const asset = { code: merchant.pointAssetCode };
  expect(books.liabilityTotals).toEqual([
    { asset, pending: '0', available: '100', held: '20', outstanding: '120', isOfLedger: true },
  ]);
  expect(books.liability).toEqual([
    { vatType: 'DISCOUNT', outstanding: '50' },
    { vatType: 'MPV', outstanding: '70' },
  ]);
  const { rows = [], totals, isBalanced } = books.trialBalance ?? {};
  const debits = `${sum(rows.map((row) => row.debits))}`;
  expect(totals).toEqual([{ asset, debits, credits: debits }]);
  expect(BigInt(debits)).toBeGreaterThanOrEqual(200n);
  expect(isBalanced).toBe(true);
});

test('a lot, or an account, that somebody changed by hand is told of', async () => {
  const { holderId } = wallets[0]!;
  await asAdministrator('UPDATE lot SET available = available - 1, spent = spent + 1 WHERE holder_id = $1', [holderId]);
  expect((await booksFor(operator())).liabilityTotals).toMatchObject([{ outstanding: '149', isOfLedger: false }]);
  await asAdministrator("UPDATE account SET credits = credits + 1 WHERE holder_id = $1 AND part = 'AVAILABLE'", [
    holderId,
  ]);
  expect((await booksFor(operator())).trialBalance?.isBalanced).toBe(false);
});

test('those who are not in charge, and strangers, see none of it', async () => {
  const nothing = { liability: null, liabilityTotals: null, trialBalance: null };
  expect(await booksFor(staffOf(merchant.merchant, 'cashier'))).toEqual(nothing);
  const other = await house.addMerchant();
  expect(await booksFor(staffOf(other.merchant))).toEqual(nothing);
});
