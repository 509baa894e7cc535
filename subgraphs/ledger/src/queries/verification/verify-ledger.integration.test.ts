import { withAdminConnection } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LedgerHouse, openLedgerHouse } from '../../../test/ledger-house.ts';
import { burning, capturing, holding, refunding, releasing, reversing } from '../../../test/requests.ts';
import type { OperationRequest } from '../../domain/operation.ts';
import { checks, countRows, verifyLedger } from './verify-ledger.ts';

const later = new Date('2090-01-01T00:00:00Z');

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  await playHistory();
}, 30_000);

afterAll(() => house.close());

/** Two wallets that went through everything that a check looks at. */
async function playHistory(): Promise<void> {
  const merchant = await house.addMerchant();
  await withAdminConnection(house.database.adminConnectionString, (administrator) =>
    administrator.query(
      `INSERT INTO ledger.limit_rule (asset_code, movement, counted_per, period, time_zone, amount_max)
       VALUES ($1, 'SPEND', 'HOLDER', 'YEAR', 'Europe/Paris', 1000)`,
      [merchant.pointAssetCode],
    ),
  );
  for (const { holderId } of [await house.openWallet(merchant), await house.openWallet(merchant)]) {
    const holder = await house.holder(holderId);
    const post = async (more: Partial<OperationRequest> = {}, points = 100n) => {
      const request = { ...(await house.earning(holderId, points)), ...more };
      expect(await house.run([request])).toMatchObject([{ status: 'DONE' }]);
      return request.transactionId;
    };
    await post();
    const undone = await post();
    await post(reversing(undone));
    const period = { activatesAt: later, expiresAt: undefined, inactivityDays: undefined };
    expect(await house.run([await house.earning(holderId, 50n, { period })])).toMatchObject([{ status: 'DONE' }]);
    const spent = await post(burning(holder, 20n));
    await post(refunding(spent, 5n));
    const [open, captured, released] = [house.batch.newId(), house.batch.newId(), house.batch.newId()];
    for (const holdId of [open, captured, released]) await post(holding(holder, 10n, holdId));
    await post(capturing(captured, 4n, { isFinal: true }));
    await post(releasing(released));
  }
}

/** What is reported of a ledger that somebody has spoilt behind its back; the ledger is as before afterwards. */
function reportedAfter(corruption: string): Promise<{ check: string; fault: Record<string, unknown> }[]> {
  return withAdminConnection(house.database.adminConnectionString, async (administrator) => {
    // Never committed: the connection ends first.
    await administrator.query('BEGIN; SET LOCAL search_path = ledger; SET LOCAL session_replication_role = replica');
    await administrator.query(corruption);
    const reported = [];
    for await (const { check, firstFault: fault } of verifyLedger(administrator)) {
      if (fault !== undefined) reported.push({ check, fault });
    }
    return reported;
  });
}

const one = (table: string, where: string) => `(SELECT id FROM ${table} WHERE ${where} ORDER BY id LIMIT 1)`;
const burnt = one('transaction', "kind = 'BURN'");
const openHold = one('hold', 'held > 0');
const available = one('account', "part = 'AVAILABLE'");
const pendingLot = one('lot', 'pending > 0');

/** A fault of each kind, and every check that cannot but see it: the one that is for it first. */
const corruptions: [sees: string[], corruption: string][] = [
  [
    ['debits and credits of an asset differ', 'an account is not the sum of its postings'],
    "UPDATE account SET debits = debits + 1, credits = credits + 2 WHERE id = (SELECT id FROM account WHERE part = 'ISSUER' LIMIT 1)",
  ],
  [
    ['a posting is not of the asset and merchant of its accounts and its transaction'],
    `UPDATE posting SET merchant_id = uuidv7() WHERE transaction_id = ${burnt}`,
  ],
  [
    ['an account is not the sum of its postings'],
    `UPDATE account SET debits = debits + 1, credits = credits + 1 WHERE id = ${available}`,
  ],
  [
    ['an account is below its floor', 'an account of a holder has no floor of zero'],
    `ALTER TABLE account DROP CONSTRAINT account_balance_above_floor; UPDATE account SET floor = balance + 1 WHERE id = ${available}`,
  ],
  [['an account of a holder has no floor of zero'], `UPDATE account SET floor = -5 WHERE id = ${available}`],
  [
    [
      'a holder owes while it could pay',
      'debits and credits of an asset differ',
      'an account is not the sum of its postings',
      'the newest change is not what the accounts have',
    ],
    `UPDATE account SET debits = debits + 1 WHERE id = ${one('account', "part = 'OWED'")}`,
  ],
  [
    [
      'what a merchant owes by its lots is not what its accounts say',
      'a lot is not what its postings say',
      'open lots of a holder are not what its accounts have',
    ],
    'UPDATE lot SET available = available - 1, spent = spent + 1 WHERE id = (SELECT id FROM lot WHERE available > 1 LIMIT 1)',
  ],
  [
    ['versions of a holder have a gap', 'the newest change is not what the accounts have'],
    `UPDATE holder SET version = version + 1 WHERE id = ${one('holder', 'true')}`,
  ],
  [
    ['a change does not follow from the one before it and its postings'],
    `UPDATE balance_change SET balances = jsonb_set(balances, '{0,available}', '"7"')
     WHERE version = 2 AND holder_id = ${one('holder', 'true')}`,
  ],
  [
    ['the deltas of a change are not what its postings moved'],
    `UPDATE balance_change SET deltas = jsonb_set(deltas, '{0,posted}', '"7"') WHERE transaction_id = ${burnt}`,
  ],
  [
    [
      'the newest change is not what the accounts have',
      'a change does not follow from the one before it and its postings',
    ],
    `UPDATE balance_change c SET balances = jsonb_set(balances, '{0,available}', '"7"')
     FROM holder h WHERE (h.id, h.version) = (c.holder_id, c.version) AND h.id = ${one('holder', 'true')}`,
  ],
  [
    ['something becomes due before a holder says so'],
    `UPDATE holder SET due_at = '2089-12-31' WHERE id = ${one('holder', 'true')}; UPDATE hold SET expires_at = '2091-01-01'; UPDATE lot SET activates_at = '2089-01-01' WHERE pending > 0`,
  ],
  [
    ['a lot is not shared by its parts'],
    `ALTER TABLE lot DROP CONSTRAINT lot_amounts_share_granted; UPDATE lot SET granted = granted + 1 WHERE id = ${pendingLot}`,
  ],
  [
    ['a lot is not what its postings say', 'open lots of a holder are not what its accounts have'],
    `UPDATE lot SET pending = pending - 1, available = available + 1 WHERE id = ${pendingLot}`,
  ],
  [
    ["a posting names another holder's lot, or none where it must", 'a lot is not what its postings say'],
    `UPDATE posting SET debit_lot_id = NULL WHERE transaction_id = ${burnt}`,
  ],
  [
    ['open lots of a holder are not what its accounts have'],
    `UPDATE lot SET category = 'PAID' WHERE id = ${pendingLot}`,
  ],
  [
    ['a hold is not what it has of lots', 'a lot holds something else than holds have of it'],
    `UPDATE hold_lot SET held = held - 1 WHERE hold_id = ${openHold}`,
  ],
  [
    ['a lot holds something else than holds have of it'],
    `UPDATE hold_lot SET lot_id = ${pendingLot} WHERE hold_id = ${openHold}`,
  ],
  [
    [
      'open holds are not what the account of held value has',
      'a hold is not what it has of lots',
      'a hold is not what its transactions made of it, or ended twice',
    ],
    `UPDATE hold SET held = held - 1, captured = captured + 1 WHERE id = ${openHold}`,
  ],
  [
    ['a hold is not what its transactions made of it, or ended twice'],
    `UPDATE hold SET released = released - 1, expired = expired + 1 WHERE id = ${one('hold', 'captured = 0 AND released > 0')}`,
  ],
  [
    ['a transaction has not one own change, or nothing was posted'],
    `UPDATE transaction SET holder_version = 1 WHERE id = ${burnt}`,
  ],
  [['a change is of no transaction'], `UPDATE balance_change SET kind = 'EARN' WHERE transaction_id = ${burnt}`],
  [
    ['a key names a transaction that is not there'],
    `UPDATE idempotency SET holder_id = uuidv7() WHERE ${burnt} = ANY (transaction_ids)`,
  ],
  [
    ['a transaction has not one key, or none where nobody asked for it'],
    `DELETE FROM idempotency WHERE ${burnt} = ANY (transaction_ids)`,
  ],
  [
    ['a transaction has not one key, or none where nobody asked for it'],
    `INSERT INTO idempotency SELECT scope, 'again', command, input_hash, recorded_at, transaction_ids, holder_id
     FROM idempotency WHERE ${burnt} = ANY (transaction_ids)`,
  ],
  [
    ['more was given back than was spent'],
    `UPDATE transaction SET related_transaction_id = ${one('transaction', "kind = 'CAPTURE'")} WHERE kind = 'REFUND'`,
  ],
  [
    ['a transaction was reversed twice'],
    `DROP INDEX transaction_reversal_key;
     UPDATE transaction SET related_transaction_id = ${one('transaction', "kind = 'EARN'")} WHERE kind = 'REVERSAL'`,
  ],
  [['a limit was passed'], 'UPDATE limit_usage SET amount = 1001'],
  [
    ['events of a holder that wait have a gap, come twice or are out of order'],
    'DELETE FROM outbox WHERE aggregate_version = 3',
  ],
];

describe('a check of the whole ledger', () => {
  test('finds nothing where nothing is wrong, as the role that the process logs in with', async () => {
    const reported = [];
    for await (const { check, faultCount } of verifyLedger(house.pool)) if (faultCount > 0n) reported.push(check);
    expect(reported).toEqual([]);
    expect((await countRows(house.pool)).get('holder')).toBe(2n);
  });

  test.each(corruptions)('reports %j', async (sees, corruption) => {
    const reported = await reportedAfter(corruption);
    expect(reported.map(({ check }) => check).sort()).toEqual([...sees].sort());
    for (const { fault } of reported) expect(Object.keys(fault).length).toBeGreaterThan(0);
  });

  test('of every kind has its fault above', () => {
    expect(new Set(corruptions.map(([[check]]) => check))).toEqual(new Set(checks.map(({ name }) => name)));
  });
});
