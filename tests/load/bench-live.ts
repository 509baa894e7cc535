import { loadavg } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../e2e/platform/platform-process.ts';
import {
  type BusFigures,
  isGoalMet,
  liveCostTable,
  liveDelayTable,
  measureRound,
  noFigures,
} from './live/live-report.ts';
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

/** Starts a platform, measures it alone on the machine, and leaves nothing of it behind, whatever ends it. */
async function measure([busName, goalMs]: readonly [BusName, number], signal: AbortSignal): Promise<BusFigures> {
  console.info(`${busName}: starting a platform of its own, with ${socketCount} wallets and sockets …`);
  const figures = noFigures(busName, goalMs);
  const scene = await LiveScene.open(busName, socketCount, signal);
  try {
    await scene.run({ perSecond, durationMs: warmUpMs, signal });
    for (let round = 1; round <= rounds; round += 1) {
      const { fromCommit } = await measureRound(scene, { perSecond, durationMs: roundMs, signal }, figures);
      const percentiles = [50, 95, 99].map((percent) => `P${percent} ${fromCommit.percentile(percent).toFixed(0)} ms`);
      console.info(`round ${round}, ${busName}: commit → socket ${percentiles.join(', ')}; load ${describeLoad()}`);
    }
  } finally {
    await scene.close();
  }
  return figures;
}

function describeLoad(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

async function writeReport(figures: readonly BusFigures[]): Promise<void> {
  const text = [
    `Measured on ${describeMachine()}, ${new Date().toISOString().slice(0, 10)}, ${rounds} rounds of ${roundMs / 1_000} s for each ` +
      `bus, one platform after the other; load average at the end ${describeLoad()}.`,
    liveDelayTable(figures),
    liveCostTable(figures),
  ].join('\n\n');
  await writeBetweenMarkers(join(checkout, 'docs/performance.md'), 'bench:live', text);
  console.info(`\n${text}\n\nwritten to docs/performance.md`);
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interruption.abort(new Error('The measurement was interrupted.')));
}
const signal = AbortSignal.any([AbortSignal.timeout(runLimitMs), interruption.signal]);
const measured: BusFigures[] = [];
for (const bus of goalsMs) measured.push(await measure(bus, signal));
const faults = measured.flatMap((figures) => figures.faults);
if (faults.length > 0) {
  throw new Error(`${faults.length} changes were not on their socket once and in order. The first: ${faults[0]}`);
}
await writeReport(measured);
const missed = measured.flatMap((figures) => (isGoalMet(figures) ? [] : [figures.busName]));
if (missed.length > 0) console.error(`The goal was not met: ${missed.join(', ')}.`);
