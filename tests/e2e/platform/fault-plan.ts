import { join } from 'node:path';
import { numberFrom, seed, seededRandom } from '../../fault/proof-plan.ts';
import { recordProof } from '../../fault/reliability-report.ts';
import { describeMachine, writeBetweenMarkers } from '../../load/report.ts';
import { checkout } from './platform-process.ts';

/** Enough to have posts before, during and after a kill. `pnpm test:fault` asks for 2,000 and more rounds. */
const smokePosts = 300;
const smokeRounds = 1;

/** How one kill went. */
export interface FaultRun {
  part: string;
  posts: number;
  backAfterMs: number;
  /** Purchases that had to be sent more than once. */
  retried: number;
}

/** How much is posted around each kill, how often all parts are killed, and when: a seed brings the same moments again. */
export const faultPlan = {
  posts: numberFrom('LOCALPLUS_FAULT_POSTS', smokePosts),
  rounds: numberFrom('LOCALPLUS_FAULT_ROUNDS', smokeRounds),
  random: seededRandom(seed),
};

console.info(
  `faults: seed ${seed} (LOCALPLUS_FAULT_SEED), ${faultPlan.posts} posts a kill (LOCALPLUS_FAULT_POSTS), ` +
    `${faultPlan.rounds} rounds (LOCALPLUS_FAULT_ROUNDS)`,
);

/** Writes what was measured into docs/faults.md, where the full size was asked for. */
export async function writeFaultReport(runs: FaultRun[]): Promise<void> {
  if (faultPlan.posts === smokePosts || runs.length === 0) return;
  const parts = [...new Set(runs.map(({ part }) => part))];
  const rows = parts.map((part) => {
    const own = runs.filter((run) => run.part === part);
    const sum = (value: (run: FaultRun) => number) => own.reduce((total, run) => total + value(run), 0);
    const slowestMs = Math.max(...own.map(({ backAfterMs }) => backAfterMs));
    return `| ${part} | ${own.length} | ${sum(({ posts }) => posts)} | ${sum(({ retried }) => retried)} | ${(slowestMs / 1_000).toFixed(1)} |`;
  });
  await writeBetweenMarkers(
    join(checkout, 'docs/faults.md'),
    'test:fault',
    [
      `Measured on ${describeMachine()}, ${new Date().toISOString().slice(0, 10)}, seed ${seed}.`,
      '',
      '| killed with -9 | kills | purchases | sent more than once | slowest return, s |',
      '| --- | ---: | ---: | ---: | ---: |',
      ...rows,
    ].join('\n'),
  );
  recordProof({
    id: 'kills',
    promise:
      'Whichever process is killed under load, every answered purchase is in the ledger exactly once, and every wallet has its balance within 5 s',
    size: `${runs.length} × kill -9 among ${parts.join(', ')}, ${runs.reduce((sum, { posts }) => sum + posts, 0)} purchases`,
    result: `0 lost, 0 twice, 0 wallets wrong; slowest return ${(Math.max(...runs.map(({ backAfterMs }) => backAfterMs)) / 1_000).toFixed(1)} s; more in [faults.md](faults.md)`,
    seed,
    command: 'pnpm test:fault -- kills',
  });
}
