import { createPool } from '@localplus/postgres';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type HouseWallet, type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning, holding } from '../../test/requests.ts';
import type { BatchState } from '../domain/engine/batch-state.ts';
import type { HolderState } from '../domain/engine/holder-state.ts';
import type { LedgerTransaction, Posting } from '../domain/transaction.ts';
import { runBatch } from './run-batch.ts';

/** What the process would do if it were somebody else's: what was decided is changed before it is written. */
type Forgery = (decided: {
  batch: BatchState;
  state: HolderState;
  transaction: LedgerTransaction;
  posting: Posting;
}) => void;

const forging = vi.hoisted((): { forgery: unknown } => ({ forgery: undefined }));

vi.mock(import('../domain/engine/decide.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    decide: (batch, requests) => {
      const decisions = original.decide(batch, requests);
      const [state] = batch.holders.values();
      const transaction = batch.effects.transactions.at(-1);
      const posting = transaction?.postings[0];
      if (typeof forging.forgery === 'function') forging.forgery({ batch, state, transaction, posting });
      return decisions;
    },
  };
});

let house: LedgerHouse;
let wallet: HouseWallet;
let neighbour: HouseWallet;
let stranger: HouseWallet;
let holdId: string;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  const merchant = await house.addMerchant();
  [wallet, neighbour] = [await house.openWallet(merchant, 100n), await house.openWallet(merchant, 100n)];
  stranger = await house.openWallet(await house.addMerchant(), 100n);
  const earned = await house.earning(wallet.holderId, 1n);
  holdId = earned.transactionId;
  await house.run([{ ...earned, ...holding(await house.holder(wallet.holderId), 40n, holdId) }]);
});

beforeEach(() => {
  forging.forgery = undefined;
});

afterEach(async () => {
  forging.forgery = undefined;
  expect(await findFaults(house.pool)).toEqual([]);
});

afterAll(() => house.close());

/** Spends ten points, as the login role, with something forged: what PostgreSQL says to it. */
async function refusalOf(forgery: Forgery): Promise<string> {
  const request = await house.earning(wallet.holderId, 1n, burning(await house.holder(wallet.holderId), 10n));
  const before = await house.stateOf(wallet.holderId);
  forging.forgery = forgery;
  const refusal = await house.run([request]).then(
    () => 'nothing refused it',
    (error: { constraint?: string; message: string }) => error.constraint ?? error.message,
  );
  expect(await house.stateOf(wallet.holderId)).toEqual(before);
  return refusal;
}

const newUuid = async (): Promise<string> => (await house.pool.query('SELECT uuidv7() AS id')).rows[0].id;
const accountOf = async ({ holderId }: HouseWallet, kind: string): Promise<string> =>
  (await house.holder(holderId)).accounts.find((account) => account.kind === kind)?.id ?? '';
const lotOf = async ({ holderId }: HouseWallet): Promise<string> =>
  (await house.pool.query('SELECT id FROM lot WHERE holder_id = $1', [holderId])).rows[0].id;

test('what is not forged is written: a forger whom nothing refuses would be seen', async () => {
  const request = await house.earning(wallet.holderId, 1n);
  expect(await house.run([request])).toMatchObject([{ status: 'DONE' }]);
});

describe('the login role cannot write a posting', () => {
  test.each<[what: string, constraint: string, forgery: Forgery]>([
    [
      'of more than its lot has',
      'lot_amounts_not_negative',
      ({ posting, state }) => {
        posting.amount += 1_000n;
        for (const lot of state.lots.values()) if (lot.id === posting.debitLotId) lot.spent += 1_000n;
      },
    ],
    [
      'of more than its lot says',
      'lot_amounts_share_granted|lot_amounts_not_negative',
      ({ posting }) => {
        posting.amount += 1n;
      },
    ],
    [
      'of nothing',
      'lot_amounts_share_granted',
      ({ posting }) => {
        posting.amount = 0n;
      },
    ],
    [
      'of a negative amount',
      'lot_amounts_share_granted|lot_amounts_not_negative',
      ({ posting }) => {
        posting.amount = -10n;
      },
    ],
    [
      'of another asset',
      'posting_accounts_fkey',
      ({ posting }) => {
        posting.assetId += 1;
      },
    ],
    [
      'of no lot',
      'posting_lots_fkey|lot_amounts_share_granted',
      ({ posting, state }) => {
        for (const lot of state.lots.values()) if (lot.id === posting.debitLotId) lot.spent -= 10n;
        posting.debitLotId = undefined;
      },
    ],
    [
      'from an account to itself',
      'posting_two_accounts|lot_amounts_share_granted',
      ({ posting }) => {
        posting.creditAccountId = posting.debitAccountId;
        posting.creditLotId = posting.debitLotId;
      },
    ],
    [
      'in a transaction that has none',
      'a transaction posts nothing',
      ({ transaction }) => {
        transaction.postings.length = 0;
      },
    ],
  ])('%s', async (_what, constraint, forgery) => {
    expect(await refusalOf(forgery)).toMatch(new RegExp(`^(?:${constraint})$`));
  });

  test("of another holder's lot", async () => {
    const lotId = await lotOf(neighbour);
    const refusal = await refusalOf(({ posting }) => {
      posting.debitLotId = lotId;
    });
    expect(refusal).toBe('posting_lots_fkey');
  });

  test('to an account of another merchant', async () => {
    const accountId = await accountOf(stranger, 'REWARD_CLEARING');
    expect(
      await refusalOf(({ posting }) => {
        posting.creditAccountId = accountId;
      }),
    ).toBe('posting_accounts_fkey');
  });

  test('from the account of a holder whose version stays', async () => {
    const accountId = await accountOf(neighbour, 'POINTS_LIABILITY');
    const refusal = await refusalOf(({ posting }) => {
      posting.debitAccountId = accountId;
    });
    expect(refusal).toMatch(/^(?:posting_lots_fkey|posting_accounts_fkey)$/);
  });

  test('to an account that is not there', async () => {
    const accountId = await newUuid();
    expect(
      await refusalOf(({ posting }) => {
        posting.creditAccountId = accountId;
      }),
    ).toBe('posting_accounts_fkey');
  });
});

describe('the login role cannot write', () => {
  test.each<[what: string, constraint: string, forgery: Forgery]>([
    [
      'a version that leaves some out',
      'a holder is raised by another number than it has changes|a row is of a holder that .*',
      ({ state }) => {
        state.version += 5n;
      },
    ],
    [
      'a version of a holder to whom nothing happens',
      'a holder is raised by another number than it has changes',
      ({ batch, transaction, state }) => {
        batch.effects.transactions.splice(0);
        batch.effects.newLots.splice(0);
        for (const lot of state.lots.values()) if (lot.transactionId === transaction.id) state.lots.delete(lot.id);
      },
    ],
    [
      'a change of a version that the holder is not at',
      'a row is of a holder that the batch does not raise, not to that version, .*',
      ({ transaction }) => {
        for (const change of transaction.changes) change.version += 1n;
      },
    ],
    [
      'a change of a version that was',
      'a row is of a holder that the batch does not raise, not to that version, .*',
      ({ transaction }) => {
        for (const change of transaction.changes) change.version = 1n;
      },
    ],
    [
      'a lot that was granted more than was posted',
      'posting_lots_fkey',
      ({ batch, state }) => {
        const [lot] = state.lots.values();
        if (lot)
          batch.effects.newLots.push({
            ...lot,
            id: '01936b1e-0000-7000-8000-000000000001',
            transactionId: batch.effects.transactions[0]?.id,
            granted: 500n,
          });
      },
    ],
    [
      'a spending that its lot does not say',
      'lot_amounts_share_granted',
      ({ state }) => {
        for (const lot of state.lots.values()) lot.spent += 1n;
      },
    ],
    [
      'a transaction that is there',
      'transaction_pkey',
      ({ transaction }) => {
        transaction.id = holdId;
      },
    ],
    [
      'a hold that reserved nothing',
      'hold_agrees_with_lots',
      ({ batch, state, transaction }) => {
        const expiresAt = new Date(batch.at.getTime() + 1_000);
        const amounts = { amount: 5n, held: 5n, captured: 0n, released: 0n, expired: 0n };
        const { assetId } = transaction.postings[0] ?? { assetId: 0 };
        const hold = {
          id: '01936b1e-0000-7000-8000-000000000002',
          holderId: state.holder.id,
          assetId,
          expiresAt,
          ...amounts,
          heldByLot: new Map(),
        };
        batch.effects.newHolds.push({ hold, transactionId: transaction.id, storeId: undefined, reference: undefined });
      },
    ],
  ])('%s', async (_what, constraint, forgery) => {
    expect(await refusalOf(forgery)).toMatch(new RegExp(`^(?:${constraint})$`));
  });

  test('a hold that ended without its value', async () => {
    const { rows } = await house.pool.query('SELECT lot_id, held FROM hold_lot WHERE hold_id = $1', [holdId]);
    const refusal = await refusalOf(({ batch, state, transaction }) => {
      const expiresAt = new Date(batch.at.getTime() + 1_000);
      const { assetId } = transaction.postings[0] ?? { assetId: 0 };
      const amounts = { amount: 40n, held: 0n, captured: 0n, released: 40n, expired: 0n };
      const heldByLot = new Map<string, bigint>(rows.map(({ lot_id }) => [lot_id, 0n]));
      state.holds.set(holdId, { id: holdId, holderId: state.holder.id, assetId, expiresAt, ...amounts, heldByLot });
      batch.effects.changedHoldIds.add(holdId);
    });
    expect(refusal).toMatch(/^(?:hold_agrees_with_lots|lot_agrees_with_holds)$/);
  });

  test('under a key that was used', async () => {
    const used = await house.earning(wallet.holderId, 1n);
    await house.run([used]);
    const refusal = await refusalOf(({ batch }) => {
      for (const key of batch.effects.keys) key.request = { ...key.request, scope: used.scope, key: used.key };
    });
    expect(refusal).toBe('idempotency_pkey');
  });

  test("anything of another merchant's holder", async () => {
    const { merchantId } = stranger;
    const refusal = await refusalOf(({ transaction }) => {
      transaction.holder = { ...transaction.holder, merchantId };
    });
    expect(refusal).toMatch(/_fkey$|^a row is of a holder that the batch does not raise/);
  });
});

test.each<[what: string, change: { subject?: string; periodStart?: string | null }]>([
  ['of a period that was never begun', { periodStart: '1999-01-01' }],
  ['of nobody', { subject: 'nobody' }],
  ['that is gone', { periodStart: null }],
])(
  'nothing is spent under a limit whose counter is one %s: what nobody counts nobody limits',
  async (_what, change) => {
    const limitId = await house.setLimit(wallet, { amountMax: 1_000n });
    const refusal = await refusalOf(({ batch }) => {
      for (const counter of [...batch.counters.values()].flat()) Object.assign(counter, change);
    });
    expect(refusal).toBe('a counter of a limit is not there any more');
    await house.endLimit(wallet, limitId);
  },
);

describe('whoever sets its own session up', () => {
  test.each([
    ['a path of its own', ['SET search_path = pg_temp, public, ledger']],
    [
      'tables of its own that have the names of the ledger',
      [
        'CREATE TEMPORARY TABLE holder (id uuid, version bigint)',
        'CREATE TEMPORARY TABLE account (id uuid, balance bigint)',
        'SET search_path = pg_temp, ledger',
      ],
    ],
    [
      'functions of its own that have the names of the ledger',
      [
        "CREATE FUNCTION pg_temp.find_next_due(uuid[]) RETURNS void LANGUAGE sql AS 'SELECT'",
        'SET search_path = pg_temp, ledger',
      ],
    ],
    ['a role of its own for rules', ['SET session_replication_role = replica']],
    ['constraints that wait', ['SET CONSTRAINTS ALL DEFERRED']],
  ])('by %s gets the ledger, or nothing', async (_what, statements) => {
    const before = await house.stateOf(neighbour.holderId);
    const request = await house.earning(neighbour.holderId, 1n);
    const connectionString = house.database.connectionString('ledger');
    const pool = createPool({ connectionString, name: 'ledger forger', max: 1, isPipelined: true });
    for (const statement of statements) {
      // Where the role may not even try, nothing is gained.
      await pool.query(statement).catch((error: { code?: string }) => expect(error.code).toBe('42501'));
    }
    const { decisions } = await runBatch({ ...house.batch, pool }, [request]);
    await pool.end();
    expect(decisions).toMatchObject([{ status: 'DONE' }]);
    expect(await house.stateOf(neighbour.holderId)).toMatchObject({
      version: before.version + 1n,
      posted: before.posted + 1n,
    });
  });
});
