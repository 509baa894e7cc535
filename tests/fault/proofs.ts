const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
const kafka = [...vitest, '--config', 'tests/kafka/vitest.config.ts'];
const integration = [...vitest, '--project', 'integration'];

/** A proof that `pnpm test:fault` runs at full size. */
export type FullSizeProof = {
  /** What the command line calls it. */
  readonly name: string;
  readonly proves: string;
  /** What Node runs, one after another: a script and its parameters. */
  readonly runs: readonly (readonly string[])[];
  /** Sizes beside `LOCALPLUS_FAULT_SIZE=full`, unless the environment already has them. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** Every proof that has a full size, in the order in which they run. */
export const fullSizeProofs: readonly FullSizeProof[] = [
  {
    name: 'kills',
    proves: 'whichever process is killed under load, nothing acknowledged is lost',
    runs: [[...vitest, '--project', 'e2e', 'tests/e2e/kills.test.ts']],
    environment: { LOCALPLUS_FAULT_POSTS: '2000', LOCALPLUS_FAULT_ROUNDS: '5' },
  },
  {
    name: 'model',
    proves: 'whatever commands come in whatever order, the ledger does what a model of single points does',
    runs: [
      [...vitest, '--project', 'unit', 'subgraphs/ledger/src/domain/engine/model.test.ts'],
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
    name: 'R10',
    proves:
      'a process whose connections to Kafka have gone silent says so, goes on, and loses nothing; idle clients cost little',
    runs: [
      [...kafka, 'tests/kafka/stall.test.ts'],
      [...kafka, 'tests/kafka/idle.test.ts'],
    ],
  },
  {
    name: 'brokers',
    proves: 'whatever befalls one of three brokers at a time, nothing acknowledged is lost, doubled or disordered',
    runs: [[...kafka, 'tests/kafka/brokers.test.ts']],
  },
  {
    name: 'seeded',
    proves: 'bugs that real ledgers had make a test fail',
    runs: [['tests/fault/seeded/prove.ts']],
  },
];
