import { createTestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFullSize, numberFrom, seed, sized } from '../../../../tests/fault/proof-plan.ts';
import { recordProof } from '../../../../tests/fault/reliability-report.ts';
import { findFaults } from '../../test/invariants.ts';
import { openLedgerHouse } from '../../test/ledger-house.ts';
import { Coverage } from '../../test/model/coverage.ts';
import { sequencesUpTo } from '../../test/model/steps.ts';
import { WriterLedger } from '../../test/model/writer-ledger.ts';

const operations = numberFrom('LOCALPLUS_MODEL_OPERATIONS', sized({ smoke: 2_000, full: 1_000_000 }));
/** What chance has not brought by then would not come. */
const operationsMax = 10 * operations;
const timeLimitMs = sized({ smoke: 120_000, full: 7_200_000 });
/** Long sequences leave less time to opening wallets. */
const stepsMax = sized({ smoke: 30, full: 100 });
/** Writers that play at once, each as a process of its own would. */
const lanes = 6;
/** Sequences of a database: few enough for all invariants of it to be checked in less than a second. */
const sequencesPerDatabase = sized({ smoke: 120, full: 300 });

/** Ids that grow: of equal lots that end together the older one is spent first. */
function growingIds(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `01936b1e-0000-7000-8000-${last.toString(16).padStart(12, '0')}`;
  };
}

/** Plays sequences in a database of their own, and checks all that must hold in it. */
async function playOneDatabase(coverage: Coverage, seedOfDatabase: number): Promise<void> {
  const house = await openLedgerHouse(await createTestDatabase(), { connectionsMax: 2 * lanes });
  const waiting = fc.sample(sequencesUpTo(stepsMax), { seed: seedOfDatabase, numRuns: sequencesPerDatabase });
  const newId = growingIds();
  const playLane = async () => {
    const ledger = new WriterLedger(house, coverage, newId);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const left = waiting.length;
      await ledger.play(next).catch((error: unknown) => {
        throw new Error(`Sequence ${left} of seed ${seedOfDatabase}: ${String(error)}`, { cause: error });
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, playLane));
    expect(await findFaults(house.pool)).toEqual([]);
  } finally {
    await house.close();
  }
}

test('the ledger does on a database what the model does in memory, commands sent together or one by one', {
  timeout: timeLimitMs,
}, async () => {
  const coverage = new Coverage();
  let databases = 0;
  const isEnough = () => coverage.operations >= operations && coverage.missingAtAll().length === 0;
  while (!isEnough() && coverage.operations < operationsMax) {
    await playOneDatabase(coverage, seed + databases);
    databases += 1;
    if (databases % 10 === 0)
      process.stdout.write(`model: ${coverage.operations} of ${operations} commands (seed ${seed})\n`);
  }
  expect(coverage.missingAtAll()).toEqual([]);
  if (isFullSize) expect(coverage.missing()).toEqual([]);
  recordProof({
    id: 'model, the database',
    promise:
      'Whatever commands come, together or one by one, a ledger on PostgreSQL does what the model does in memory',
    size: `${databases * sequencesPerDatabase} random sequences, ${coverage.operations} commands by ${lanes} writers at once: ${coverage}`,
    result: 'each outcome as the model has it; every balance equal to its replay and to the model; 0 invariants broken',
    seed,
    command: 'pnpm test:fault -- model',
  });
});
