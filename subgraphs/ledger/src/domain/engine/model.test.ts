import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFullSize, numberFrom } from '../../../../../tests/fault/proof-plan.ts';
import { recordProof } from '../../../../../tests/fault/reliability-report.ts';
import { Coverage } from '../../../test/model/coverage.ts';
import { assetId, EngineLedger } from '../../../test/model/engine-ledger.ts';
import { modelLimits } from '../../../test/model/limits.ts';
import { type Sequence, sequencesUpTo, walletCount } from '../../../test/model/steps.ts';
import { World } from '../../../test/model/world.ts';
import { type HolderState, partsOf } from './holder-state.ts';

const runs = numberFrom('LOCALPLUS_MODEL_RUNS', isFullSize ? 60_000 : 10_000);
const seed = numberFrom('LOCALPLUS_MODEL_SEED', 20_261_123);
const stepsMax = isFullSize ? 60 : 30;
const timeLimitMs = isFullSize ? 3_600_000 : 300_000;

/** What a holder has, by the parts of its accounts. */
function partsIn(state: HolderState): bigint[] {
  const { PENDING, AVAILABLE, HELD, OWED } = partsOf(state, assetId);
  return [PENDING, AVAILABLE, HELD, OWED];
}

/** Says what is wrong with a holder, whatever happened; nothing when all is well. */
function faultOf(state: HolderState): string | undefined {
  const { PENDING, AVAILABLE, HELD, OWED } = partsOf(state, assetId);
  const lots = [...state.lots.values()];
  const sum = (of: 'pending' | 'available' | 'held') => lots.reduce((total, lot) => total + lot[of], 0n);
  if (sum('pending') !== PENDING || sum('available') !== AVAILABLE || sum('held') !== HELD) return 'lots and accounts';
  if (OWED > 0n && AVAILABLE > 0n) return 'available points beside a debt';
  for (const { id, granted, pending, available, held, spent, expired, revoked } of lots) {
    const amounts = [pending, available, held, spent, expired, revoked];
    if (amounts.some((part) => part < 0n)) return `less than nothing of lot ${id}`;
    if (amounts.reduce((total, part) => total + part, 0n) !== granted) return `not what was granted of lot ${id}`;
  }
  const heldByHolds = [...state.holds.values()].reduce((total, { held }) => total + held, 0n);
  return heldByHolds === HELD ? undefined : 'holds and accounts';
}

/** What a holder has when every posting is done again from the first. */
function replay(ledger: EngineLedger, state: HolderState): bigint[] {
  const balances = new Map<string, bigint>();
  for (const { debitAccountId, creditAccountId, amount } of ledger.transactions.flatMap(({ postings }) => postings)) {
    balances.set(debitAccountId, (balances.get(debitAccountId) ?? 0n) - amount);
    balances.set(creditAccountId, (balances.get(creditAccountId) ?? 0n) + amount);
  }
  return ['PENDING', 'AVAILABLE', 'HELD', 'OWED'].map((part) => {
    const accounts = state.holder.accounts.filter((account) => account.part === part);
    const credits = accounts.reduce((sum, { id }) => sum + (balances.get(id) ?? 0n), 0n);
    return part === 'OWED' ? -credits : credits;
  });
}

/** Holders whose accounts a transaction moved, and that are not told so; none when all is well. */
function untoldBy(ledger: EngineLedger): string[] {
  const own = ledger.states.map(({ holder: { id, accounts } }) => {
    return { id, accountIds: accounts.filter(({ part }) => part !== 'ISSUER').map((account) => account.id) };
  });
  return ledger.transactions.flatMap(({ postings, changes }) => {
    const moved = new Set(postings.flatMap(({ debitAccountId, creditAccountId }) => [debitAccountId, creditAccountId]));
    const touched = own.filter(({ accountIds }) => accountIds.some((id) => moved.has(id)));
    return touched.map(({ id }) => id).filter((id) => changes.every(({ holderId }) => holderId !== id));
  });
}

/** Plays a sequence in the rules and in the model, and compares them after each step. */
function play({ steps, kind, hasLimits }: Sequence, coverage: Coverage): void {
  const limits = hasLimits ? modelLimits : [];
  const ledger = new EngineLedger(walletCount, kind, limits);
  const holders = ledger.states.map(({ holder }) => holder);
  const world = new World({ holders, assetId, limits, newId: ledger.newId });
  coverage.begin();
  for (const { command: plan, days, isSuspended } of steps) {
    world.model.now += days;
    const command = plan(world);
    if (command === undefined) continue;
    world.isLive = !isSuspended;
    for (const state of ledger.states) state.isLive = world.isLive;
    const wanted = world.expect(command);
    const { status } = ledger.post(world.requestOf(command, 'model'), world.model.now);
    coverage.add(command.name, status);
    if (status !== wanted) throw new Error(`${command.name} was ${status} and should be ${wanted}.`);
    for (const [index, state] of ledger.states.entries()) {
      const { pending, available, held, owed } = world.model.figures(index);
      const [parts, figures] = [partsIn(state).join(), [pending, available, held, owed].join()];
      if (parts !== figures) throw new Error(`After ${command.name} ${parts} is there and should be ${figures}.`);
      const fault = faultOf(state);
      if (fault !== undefined) throw new Error(`After ${command.name}: ${fault}.`);
    }
  }
  expect(untoldBy(ledger)).toEqual([]);
  const versions = ledger.transactions.flatMap(({ changes }) => changes).map(({ holderId }) => holderId);
  for (const state of ledger.states) {
    expect(replay(ledger, state)).toEqual(partsIn(state));
    expect(state.version).toBe(BigInt(versions.filter((id) => id === state.holder.id).length));
  }
}

test('the rules do with lots what a model does with single points, whatever comes in whatever order', {
  timeout: timeLimitMs,
}, () => {
  const coverage = new Coverage();
  fc.assert(
    fc.property(sequencesUpTo(stepsMax), (sequence) => play(sequence, coverage)),
    { numRuns: runs, seed },
  );
  expect(coverage.missing()).toEqual([]);
  recordProof({
    id: 'model, the rules',
    promise: 'Whatever commands come in whatever order, the rules do with lots what a model does with single points',
    size: `${runs} random sequences, ${coverage.operations} commands: ${coverage}`,
    result:
      'each outcome and each balance as the model has it; 0 of a lot, hold or version lost; every balance equal to its replay',
    seed,
    command: 'pnpm test:fault -- model',
  });
});
