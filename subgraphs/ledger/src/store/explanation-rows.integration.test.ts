import { newId, toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type LedgerHouse, openLedgerHouse, terms } from '../../test/ledger-house.ts';
import {
  burning,
  capturing,
  holding,
  refunding,
  releasing,
  returning,
  reversing,
  settling,
  transferring,
} from '../../test/requests.ts';
import { sumOf } from '../domain/amount.ts';
import { availableOf } from '../domain/balance.ts';
import type { Explanation } from '../domain/explanation.ts';
import type { Holder } from '../domain/holder.ts';
import type { OperationRequest } from '../domain/operation.ts';
import { explainBalances } from './explanation-rows.ts';

const dayMs = 86_400_000;
/** The histories of this seed meet everything that can happen to points; chance leaves something out now and then. */
const historySeed = 20_261_128;

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});

afterAll(() => house.close());

/** What an explanation adds up to, by where the value is and by how it came. */
function sumsOf({ lots, otherLots, holds, otherHolds, owed, carriedForward, movements }: Explanation) {
  const pending = otherLots.pending + sumOf(lots.map((lot) => lot.pending));
  const available = otherLots.available + sumOf(lots.map((lot) => lot.available)) - owed;
  const held = otherLots.held + sumOf(lots.map((lot) => lot.held));
  const moved = [carriedForward, ...movements];
  return {
    byLots: { posted: pending + available + held, pending, held, available },
    heldByHolds: otherHolds.held + sumOf(holds.map((hold) => hold.held)),
    byMovements: {
      posted: sumOf(moved.map((each) => each.posted)),
      pending: sumOf(moved.map((each) => each.pending)),
      held: sumOf(moved.map((each) => each.held)),
    },
    transactionCount: sumOf(moved.map(({ transactionCount }) => transactionCount)),
  };
}

type Step = { days: number; who: 0 | 1; amount: bigint; pick: number } & (
  | { kind: 'EARN'; activatesInDays: number; validDays: number }
  | { kind: 'BURN' | 'HOLD' | 'CAPTURE' | 'RELEASE' | 'REFUND' | 'RETURN' | 'REVERSE' | 'TRANSFER' | 'SETTLE' }
);

const common = {
  days: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
  who: fc.constantFrom(0 as const, 1 as const),
  amount: fc.bigInt({ min: 1n, max: 12n }),
  pick: fc.nat({ max: 100 }),
};
const earning = fc.record({
  ...common,
  kind: fc.constant('EARN' as const),
  amount: fc.bigInt({ min: 1n, max: 60n }),
  activatesInDays: fc.constantFrom(0, 0, 1, 2),
  validDays: fc.constantFrom(0, 3, 6, 12),
});
const others = [
  'BURN',
  'HOLD',
  'HOLD',
  'CAPTURE',
  'CAPTURE',
  'RELEASE',
  'REFUND',
  'RETURN',
  'REVERSE',
  'TRANSFER',
  'SETTLE',
] as const;
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: earning },
  { weight: 5, arbitrary: fc.record({ ...common, kind: fc.constantFrom(...others) }) },
);

/** What of a history can be named later. */
interface Known {
  holds: { id: string; holder: Holder }[];
  earnings: { id: string; holder: Holder }[];
  spendings: { id: string; holder: Holder }[];
}

/** Makes a step a request; undefined where there is nothing yet that it could be about. */
async function requestOf(of: Step, holders: readonly [Holder, Holder], known: Known) {
  const holder = holders[of.who];
  const picked = <Value>(among: readonly Value[]) => among[of.pick % Math.max(among.length, 1)];
  const [hold, earned, spent] = [picked(known.holds), picked(known.earnings), picked(known.spendings)];
  const request = (by: Holder, doing: Partial<OperationRequest>) => house.earning(by.id, of.amount, doing);
  const now = house.now ?? new Date();
  switch (of.kind) {
    case 'EARN': {
      const activatesAt = of.activatesInDays === 0 ? undefined : new Date(now.getTime() + of.activatesInDays * dayMs);
      const expiresAt = of.validDays === 0 ? undefined : new Date(now.getTime() + of.validDays * dayMs);
      const purchase = { amountMinor: of.amount * 100n, currency: 'EUR' };
      return house.earning(holder.id, of.amount, { period: { activatesAt, expiresAt }, purchase });
    }
    case 'BURN':
      return request(holder, burning(holder, of.amount));
    case 'HOLD':
      return request(holder, holding(holder, of.amount, toUuid(newId('hol'), 'hol'), 4 * dayMs));
    case 'CAPTURE':
      return hold && request(hold.holder, capturing(hold.id, of.amount % 2n === 0n ? undefined : 1n));
    case 'RELEASE':
      return hold && request(hold.holder, releasing(hold.id));
    case 'REFUND':
      return spent && request(spent.holder, refunding(spent.id));
    case 'RETURN': {
      const lenient = { ...terms, negativeBalance: 'UNLIMITED' as const };
      const returned = { amountMinor: of.amount * 100n };
      return earned && request(earned.holder, returning(earned.id, returned, lenient));
    }
    case 'REVERSE': {
      const undone = of.amount % 2n === 0n ? earned : spent;
      return undone && request(undone.holder, reversing(undone.id));
    }
    case 'TRANSFER':
      return request(holder, transferring(holder, holders[1 - of.who] ?? holder, of.amount));
    case 'SETTLE':
      return request(holder, settling());
  }
}

async function play(steps: readonly Step[], holders: readonly [Holder, Holder]): Promise<void> {
  const known: Known = { holds: [], earnings: [], spendings: [] };
  for (const each of steps) {
    house.now = new Date((house.now ?? new Date()).getTime() + each.days * dayMs);
    const request = await requestOf(each, holders, known);
    if (request === undefined) continue;
    const [decision] = await house.run([request]);
    if (decision?.status !== 'DONE' || each.kind === 'SETTLE') continue;
    const { holder, operation } = request;
    if (operation.type === 'HOLD') known.holds.push({ id: operation.holdId, holder });
    const done = decision.transactions.map(({ id }) => ({ id, holder }));
    if (each.kind === 'EARN') known.earnings.push(...done);
    if (each.kind === 'BURN' || each.kind === 'CAPTURE') known.spendings.push(...done);
  }
}

test('whatever happened, a balance is explained to the point, by its lots and holds and by its movements', async () => {
  const merchant = await house.addMerchant();
  let owedAtTimes = 0;
  const movementKinds = new Set<string>();
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
    fc.nat({ max: 4 }),
    fc.nat({ max: 20 }),
    async (steps, listed, newest) => {
      const wallets = [await house.openWallet(merchant), await house.openWallet(merchant)];
      const [first, second] = await Promise.all(wallets.map(({ holderId }) => house.holder(holderId)));
      if (first === undefined || second === undefined) throw new Error('There are two wallets.');
      await play(steps, [first, second]);
      const explained = await explainBalances(house.pool, [first.id, second.id], { listed, newest });
      for (const [index, { id }] of [first, second].entries()) {
        const [explanation] = explained[index] ?? [];
        if (explanation === undefined) throw new Error('Nothing was explained.');
        const { version, posted, pending, held, available } = await house.stateOf(id);
        const { balance } = explanation;
        expect({ ...balance, available: availableOf(balance) }).toMatchObject({ posted, pending, held, available });
        expect(explanation.version).toBe(version);
        expect(sumsOf(explanation)).toEqual({
          byLots: { posted, pending, held, available },
          heldByHolds: held,
          byMovements: { posted, pending, held },
          transactionCount: version,
        });
        expect(explanation.lots.length).toBeLessThanOrEqual(listed);
        expect(explanation.holds.length).toBeLessThanOrEqual(listed);
        if (explanation.owed > 0n) owedAtTimes += 1;
        for (const { kind } of explanation.movements) movementKinds.add(kind);
      }
    },
  );
  await fc.assert(property, { numRuns: 40, seed: historySeed });
  // What the histories came to: debts, and everything that can happen to points.
  expect(owedAtTimes).toBeGreaterThan(0);
  expect([...movementKinds].toSorted()).toEqual([
    ...['ACTIVATION', 'BURN', 'CAPTURE', 'EARN', 'EXPIRY', 'HOLD', 'HOLD_EXPIRY', 'REFUND', 'RELEASE', 'RETURN'],
    ...['REVERSAL', 'TRANSFER'],
  ]);
  expect(await findFaults(house.pool)).toEqual([]);
}, 120_000);

test('a holder to whom nothing happened has nothing to explain, and one that is not there is not explained', async () => {
  const wallet = await house.openWallet(await house.addMerchant());
  const [explained, nobody] = await explainBalances(house.pool, [wallet.holderId, toUuid(newId('wal'), 'wal')]);
  expect(nobody).toEqual([]);
  expect(explained).toEqual([
    {
      version: 0n,
      balance: { asset: { code: wallet.pointAssetCode, scale: 0 }, posted: 0n, pending: 0n, held: 0n },
      owed: 0n,
      lots: [],
      otherLots: { count: 0n, pending: 0n, available: 0n, held: 0n },
      holds: [],
      otherHolds: { count: 0n, held: 0n },
      carriedForward: { transactionCount: 0n, posted: 0n, pending: 0n, held: 0n },
      movements: [],
    },
  ]);
});
