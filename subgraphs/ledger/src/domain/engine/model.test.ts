import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assetId, EngineLedger, stepMs } from '../../../test/model/engine-ledger.ts';
import { PointModel } from '../../../test/model/point-model.ts';
import type { Operation } from '../operation.ts';
import type { NegativeBalance, ProgramVersion } from '../program.ts';
import { type HolderState, partsOf } from './holder-state.ts';

// biome-ignore lint/style/noProcessEnv: how long the proof runs is told from outside.
const { LOCALPLUS_MODEL_RUNS: runs = '10000', LOCALPLUS_MODEL_SEED: seed = '20261123' } = process.env;
const walletCount = 2;

/** One point for each minor unit. */
const terms: ProgramVersion = {
  version: 1,
  startsAt: new Date(0),
  points: 1n,
  perAmountMinor: 1n,
  rounding: 'DOWN',
  minimumPurchaseMinor: 0n,
  activationDelayDays: 0,
  validity: { kind: 'UNLIMITED' },
  negativeBalance: 'NEVER',
  refundGraceDays: 0,
};

interface Pair {
  ledger: EngineLedger;
  model: PointModel;
  /** Transactions of the earnings, spendings and holds of the model, by the same index. */
  earnings: string[];
  spendings: string[];
  holds: string[];
}

type Step = { name: string; run: (pair: Pair) => [wanted: string, got: string] | undefined };

const wallet = fc.nat({ max: walletCount - 1 });
const amount = fc.integer({ min: 1, max: 12 });
const pick = fc.nat({ max: 1_000 });
const policy = fc.constantFrom<NegativeBalance>('NEVER', 'WITHIN_PENDING', 'UNLIMITED');
const days = fc.integer({ min: 1, max: 6 });

/** What of a list a random number picks; undefined of an empty one. */
function indexIn(list: readonly unknown[], chance: number): number | undefined {
  return list.length === 0 ? undefined : chance % list.length;
}

function post({ ledger }: Pair, holder: number, operation: Operation, id = ledger.newId()): string {
  return ledger.post(holder, operation, id).status;
}

const earn = fc
  .record({
    wallet,
    amount,
    delay: fc.constantFrom(0, 0, 1, 3),
    validity: fc.option(fc.integer({ min: 4, max: 9 }), { nil: undefined }),
  })
  .map(
    ({ wallet: of, amount: points, delay, validity }): Step => ({
      name: 'EARN',
      run: (pair) => {
        const id = pair.ledger.newId();
        const date = (inDays: number) => new Date(Date.UTC(2026, 0, 1) + (pair.ledger.now + inDays) * stepMs);
        const period = {
          activatesAt: delay === 0 ? undefined : date(delay),
          expiresAt: validity === undefined ? undefined : date(validity),
          inactivityDays: undefined,
        };
        const purchase = { amountMinor: BigInt(points), currency: 'EUR' };
        const got = post(pair, of, { type: 'EARN', assetId, amount: BigInt(points), period, purchase }, id);
        pair.earnings.push(id);
        return [pair.model.earn(of, points, { delay, validity }), got];
      },
    }),
  );

const burn = fc.record({ wallet, amount }).map(
  ({ wallet: of, amount: points }): Step => ({
    name: 'BURN',
    run: (pair) => {
      const id = pair.ledger.newId();
      const got = post(pair, of, { type: 'BURN', assetId, amount: BigInt(points) }, id);
      if (got === 'DONE') pair.spendings.push(id);
      return [pair.model.burn(of, points), got];
    },
  }),
);

const hold = fc.record({ wallet, amount, days }).map(
  ({ wallet: of, amount: points, days: valid }): Step => ({
    name: 'HOLD',
    run: (pair) => {
      const holdId = pair.ledger.newId();
      const got = post(pair, of, { type: 'HOLD', assetId, amount: BigInt(points), holdId, validMs: valid * stepMs });
      if (got === 'DONE') pair.holds.push(holdId);
      return [pair.model.hold(of, points, valid), got];
    },
  }),
);

const capture = fc.record({ pick, amount: fc.option(amount, { nil: undefined }), isFinal: fc.boolean() }).map(
  ({ pick: chance, amount: points, isFinal }): Step => ({
    name: 'CAPTURE',
    run: (pair) => {
      const index = indexIn(pair.holds, chance);
      if (index === undefined) return undefined;
      const id = pair.ledger.newId();
      const captured = points === undefined ? undefined : BigInt(points);
      const of = pair.model.holds[index]?.wallet ?? 0;
      const got = post(pair, of, { type: 'CAPTURE', holdId: pair.holds[index] ?? '', amount: captured, isFinal }, id);
      if (got === 'DONE') pair.spendings.push(id);
      return [pair.model.capture(index, points, isFinal), got];
    },
  }),
);

const release = pick.map(
  (chance): Step => ({
    name: 'RELEASE',
    run: (pair) => {
      const index = indexIn(pair.holds, chance);
      if (index === undefined) return undefined;
      const of = pair.model.holds[index]?.wallet ?? 0;
      const got = post(pair, of, { type: 'RELEASE', holdId: pair.holds[index] ?? '' });
      return [pair.model.release(index), got];
    },
  }),
);

const refund = fc
  .record({ pick, amount: fc.option(amount, { nil: undefined }), graceDays: fc.constantFrom(0, 0, 3) })
  .map(
    ({ pick: chance, amount: points, graceDays }): Step => ({
      name: 'REFUND',
      run: (pair) => {
        const index = indexIn(pair.spendings, chance);
        if (index === undefined) return undefined;
        const of = pair.model.spendings[index]?.wallet ?? 0;
        const original = { originalId: pair.spendings[index] ?? '', reason: 'model', graceDays };
        const given = points === undefined ? undefined : BigInt(points);
        const got = post(pair, of, { type: 'REFUND', ...original, amount: given });
        return [pair.model.refund(index, points, graceDays), got];
      },
    }),
  );

const giveBackGoods = fc.record({ pick, amount, policy }).map(
  ({ pick: chance, amount: returned, policy: negativeBalance }): Step => ({
    name: 'RETURN',
    run: (pair) => {
      const index = indexIn(pair.earnings, chance);
      if (index === undefined) return undefined;
      const of = pair.model.earnings[index]?.wallet ?? 0;
      const got = post(pair, of, {
        type: 'RETURN',
        originalId: pair.earnings[index] ?? '',
        returned: { amountMinor: BigInt(returned) },
        spentId: undefined,
        reason: 'model',
        terms,
        negativeBalance,
        graceDays: 0,
      });
      return [pair.model.returnPurchase(index, returned, negativeBalance), got];
    },
  }),
);

const reverse = fc.record({ pick, policy }).map(
  ({ pick: chance, policy: negativeBalance }): Step => ({
    name: 'REVERSAL',
    run: (pair) => {
      const index = indexIn(pair.earnings, chance);
      if (index === undefined) return undefined;
      const of = pair.model.earnings[index]?.wallet ?? 0;
      const originalId = pair.earnings[index] ?? '';
      const got = post(pair, of, { type: 'REVERSAL', originalId, reason: 'model', negativeBalance, graceDays: 0 });
      return [pair.model.reverseEarning(index, negativeBalance), got];
    },
  }),
);

const transfer = fc.record({ wallet, amount }).map(
  ({ wallet: from, amount: points }): Step => ({
    name: 'TRANSFER',
    run: (pair) => {
      const to = (from + 1) % walletCount;
      const receiver = pair.ledger.states[to];
      if (receiver === undefined) return undefined;
      const got = post(pair, from, { type: 'TRANSFER', assetId, amount: BigInt(points), to: receiver.holder });
      return [pair.model.transfer(from, to, points), got];
    },
  }),
);

const wait = fc.record({ days, wallet }).map(
  ({ days: passed, wallet: of }): Step => ({
    name: 'SETTLE',
    run: (pair) => {
      pair.ledger.now += passed;
      pair.model.now += passed;
      const got = post(pair, of, { type: 'SETTLE' });
      pair.model.settle(of);
      return ['DONE', got];
    },
  }),
);

const steps = fc.array(
  fc.oneof(
    { arbitrary: earn, weight: 4 },
    { arbitrary: burn, weight: 3 },
    { arbitrary: hold, weight: 2 },
    { arbitrary: capture, weight: 2 },
    release,
    { arbitrary: refund, weight: 2 },
    { arbitrary: giveBackGoods, weight: 2 },
    reverse,
    transfer,
    { arbitrary: wait, weight: 3 },
  ),
  { minLength: 5, maxLength: 30 },
);

/** What must hold of a holder whatever happened. */
function assertSound(state: HolderState): void {
  const { PENDING, AVAILABLE, HELD, OWED } = partsOf(state, assetId);
  const lots = [...state.lots.values()];
  const sum = (of: 'pending' | 'available' | 'held') => lots.reduce((total, lot) => total + lot[of], 0n);
  expect([sum('pending'), sum('available'), sum('held')]).toEqual([PENDING, AVAILABLE, HELD]);
  expect(OWED === 0n || AVAILABLE === 0n).toBe(true);
  for (const { granted, pending, available, held, spent, expired, revoked } of lots) {
    const amounts = [pending, available, held, spent, expired, revoked];
    expect(amounts.every((part) => part >= 0n)).toBe(true);
    expect(amounts.reduce((total, part) => total + part, 0n)).toBe(granted);
  }
  const heldByHolds = [...state.holds.values()].reduce((total, { held }) => total + held, 0n);
  expect(heldByHolds).toBe(HELD);
}

/** What a holder has when every posting is done again from the first. */
function replay(ledger: EngineLedger, state: HolderState): bigint[] {
  const balances = new Map<string, bigint>();
  for (const { debitAccountId, creditAccountId, amount: moved } of ledger.transactions.flatMap(
    ({ postings }) => postings,
  )) {
    balances.set(debitAccountId, (balances.get(debitAccountId) ?? 0n) - moved);
    balances.set(creditAccountId, (balances.get(creditAccountId) ?? 0n) + moved);
  }
  return ['POINTS_PENDING', 'POINTS_LIABILITY', 'POINTS_HELD', 'POINTS_RECEIVABLE'].map((kind) => {
    const account = state.holder.accounts.find((each) => each.kind === kind);
    const credits = balances.get(account?.id ?? '') ?? 0n;
    return kind === 'POINTS_RECEIVABLE' ? -credits : credits;
  });
}

test('the rules do with lots what a model does with single points, whatever comes in whatever order', () => {
  const seen = new Map<string, number>();
  const pairs = new Set<string>();
  fc.assert(
    fc.property(steps, (sequence) => {
      const ledger = new EngineLedger(walletCount);
      const pair: Pair = { ledger, model: new PointModel(walletCount), earnings: [], spendings: [], holds: [] };
      let before = '';
      for (const step of sequence) {
        const outcome = step.run(pair);
        if (outcome === undefined) continue;
        const [wanted, got] = outcome;
        expect(got).toBe(wanted);
        seen.set(`${step.name} ${got}`, (seen.get(`${step.name} ${got}`) ?? 0) + 1);
        pairs.add(`${before} ${step.name}`);
        before = step.name;
        for (const [index, state] of ledger.states.entries()) {
          const { PENDING, AVAILABLE, HELD, OWED } = partsOf(state, assetId);
          const { pending, available, held, owed } = pair.model.figures(index);
          expect([PENDING, AVAILABLE, HELD, OWED].map(Number)).toEqual([pending, available, held, owed]);
          assertSound(state);
        }
      }
      for (const state of ledger.states) {
        const { PENDING, AVAILABLE, HELD, OWED } = partsOf(state, assetId);
        expect(replay(ledger, state)).toEqual([PENDING, AVAILABLE, HELD, OWED]);
        expect(state.version).toBe(
          BigInt(
            ledger.transactions.flatMap(({ changes }) => changes).filter(({ holderId }) => holderId === state.holder.id)
              .length,
          ),
        );
      }
    }),
    { numRuns: Number(runs), seed: Number(seed) },
  );

  const names = ['EARN', 'BURN', 'HOLD', 'CAPTURE', 'RELEASE', 'REFUND', 'RETURN', 'REVERSAL', 'TRANSFER', 'SETTLE'];
  const missingPairs = names.flatMap((a) => names.filter((b) => !pairs.has(`${a} ${b}`)).map((b) => `${a} ${b}`));
  expect(missingPairs).toEqual([]);
  const refusals = [
    'BURN INSUFFICIENT',
    'HOLD INSUFFICIENT',
    'CAPTURE HOLD_ENDED',
    'CAPTURE HOLD_EXCEEDED',
    'RELEASE HOLD_ENDED',
  ];
  const more = [
    'REFUND REFUND_EXCEEDED',
    'RETURN RETURN_EXCEEDED',
    'RETURN ALREADY_REVERSED',
    'REVERSAL ALREADY_REVERSED',
  ];
  for (const refusal of [...refusals, ...more, 'REVERSAL INSUFFICIENT', 'TRANSFER INSUFFICIENT']) {
    expect([refusal, (seen.get(refusal) ?? 0) > 0]).toEqual([refusal, true]);
  }
}, 300_000);
