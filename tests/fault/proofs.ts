const kafka = ['--config', 'tests/kafka/vitest.config.ts'];
const integration = ['--project', 'integration'];

/** A proof that `pnpm test:fault` runs at full size. */
export type FullSizeProof = {
  /** What the command line calls it. */
  readonly name: string;
  readonly proves: string;
  /** Parameters of vitest, a list for each of its runs. */
  readonly runs: readonly (readonly string[])[];
  /** Sizes beside `LOCALPLUS_FAULT_SIZE=full`, unless the environment already has them. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** Every proof that has a full size, in the order in which they run. */
export const fullSizeProofs: readonly FullSizeProof[] = [
  {
    name: 'kills',
    proves: 'whichever process is killed under load, nothing acknowledged is lost',
    runs: [['--project', 'e2e', 'tests/e2e/kills.test.ts']],
    environment: { LOCALPLUS_FAULT_POSTS: '2000', LOCALPLUS_FAULT_ROUNDS: '5' },
  },
  {
    name: 'model',
    proves: 'whatever commands come in whatever order, the ledger does what a model of single points does',
    runs: [
      ['--project', 'unit', 'subgraphs/ledger/src/domain/engine/model.test.ts'],
      [...integration, 'subgraphs/ledger/src/store/model.integration.test.ts'],
    ],
  },
  {
    name: 'R2',
    proves: 'the publisher misses no row, whatever order commits come in',
    runs: [
      [...integration, 'tests/fault/outbox-gaps.test.ts'],
      [...kafka, 'tests/kafka/outbox-gaps.test.ts'],
    ],
  },
  {
    name: 'R3',
    proves: 'a publisher that is killed at any point loses nothing, and effects are made once',
    runs: [
      [...integration, 'tests/fault/outbox-kills.test.ts'],
      [...kafka, 'tests/kafka/outbox-kills.test.ts'],
    ],
  },
  {
    name: 'R4',
    proves: 'events arrive soon after their commit; an outage of the broker loses none and holds up no commit',
    runs: [
      [...kafka, 'tests/kafka/outbox-outage.test.ts'],
      [...kafka, 'tests/kafka/outbox-posts.test.ts'],
    ],
  },
  {
    name: 'R5',
    proves: 'with duplicates, latecomers and rebalances a projection equals a replay from zero',
    runs: [
      [...integration, 'tests/fault/projections.test.ts'],
      [...kafka, 'tests/kafka/outbox-projections.test.ts'],
    ],
  },
  {
    name: 'R6',
    proves: 'batches of whatever holders meet no deadlock',
    runs: [[...integration, 'subgraphs/ledger/src/store/deadlocks.integration.test.ts']],
  },
  {
    name: 'seeded',
    proves: 'each bug that other ledgers had, put into a copy of ours, makes a test fail',
    runs: [[...integration, 'tests/fault/seeded-faults.test.ts']],
  },
];
