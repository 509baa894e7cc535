import { loadavg } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../e2e/platform/platform-process.ts';
import { isGoalMet, liveCostTable, liveDelayTable, measureRound, noFigures } from './live/live-report.ts';
import { type BusName, LiveScene } from './live/live-scene.ts';
import { describeMachine, writeBetweenMarkers } from './report.ts';

const socketCount = 1_000;
const perSecond = 200;
/** P95 from commit to socket. */
const goalsMs: readonly [BusName, number][] = [
  ['embedded', 50],
  ['Kafka', 150],
];
const rounds = 3;
const roundMs = 15_000;
/** Longer than the compiler needs to have met everything, and each wallet has a change behind it. */
const warmUpMs = 10_000;
/** Time of the whole run after which it gives up: the set-up is most of it on a busy machine. */
const runLimitMs = 5 * 60_000;

interface Measured {
  scene: LiveScene;
  figures: ReturnType<typeof noFigures>;
}

/** Both platforms stand side by side and take turns, so that what else the machine does meets both alike. */
async function measure(measured: readonly Measured[], signal: AbortSignal): Promise<void> {
  for (const { scene } of measured) await scene.run({ perSecond, durationMs: warmUpMs, signal });
  for (let round = 1; round <= rounds; round += 1) {
    for (const { scene, figures } of measured) {
      const { fromCommit } = await measureRound(scene, { perSecond, durationMs: roundMs, signal }, figures);
      const percentiles = [50, 95, 99].map((percent) => `P${percent} ${fromCommit.percentile(percent).toFixed(0)} ms`);
      console.info(
        `round ${round}, ${scene.busName}: commit → socket ${percentiles.join(', ')}; load ${describeLoad()}`,
      );
    }
  }
}

function describeLoad(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

async function writeReport(measured: readonly Measured[]): Promise<void> {
  const figures = measured.map((each) => each.figures);
  const text = [
    `Measured on ${describeMachine()}, ${new Date().toISOString().slice(0, 10)}, ${rounds} rounds of ${roundMs / 1_000} s for each ` +
      `bus in turn; load average at the end ${describeLoad()}.`,
    liveDelayTable(figures),
    liveCostTable(figures),
  ].join('\n\n');
  await writeBetweenMarkers(join(checkout, 'docs/performance.md'), 'bench:live', text);
  console.info(`\n${text}\n\nwritten to docs/performance.md`);
}

/** Whatever ends the run, both platforms are stopped and leave nothing behind. */
async function closeAll(measured: readonly Measured[]): Promise<void> {
  const closed = await Promise.allSettled(measured.map(({ scene }) => scene.close()));
  const failures = closed.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, 'A platform did not stop as it should.');
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interruption.abort(new Error('The measurement was interrupted.')));
}
const signal = AbortSignal.any([AbortSignal.timeout(runLimitMs), interruption.signal]);
const measured: Measured[] = [];
try {
  for (const [busName, goalMs] of goalsMs) {
    console.info(`${busName}: starting a platform of its own, with ${socketCount} wallets and sockets …`);
    measured.push({ scene: await LiveScene.open(busName, socketCount, signal), figures: noFigures(busName, goalMs) });
  }
  await measure(measured, signal);
  const faults = measured.flatMap(({ figures }) => figures.faults);
  if (faults.length > 0) {
    throw new Error(`${faults.length} changes were not on their socket once and in order. The first: ${faults[0]}`);
  }
  await writeReport(measured);
  const missed = measured.flatMap(({ figures }) => (isGoalMet(figures) ? [] : [figures.busName]));
  if (missed.length > 0) console.error(`The goal was not met: ${missed.join(', ')}.`);
} finally {
  await closeAll(measured);
}
