import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Durations } from '../measure.ts';
import { measureProcessorUse, type ProcessorUse } from '../processor-use.ts';
import { percentilesOf, table } from '../report.ts';
import type { BusName, LiveScene, Load, RoundResult } from './live-scene.ts';

const nanosecondsPerMs = 1_000_000;
const loopResolutionMs = 5;

/** What all rounds on one bus measured together. */
export interface BusFigures {
  busName: BusName;
  /** P95 from commit to socket that is aimed at. */
  goalMs: number;
  fromCommit: Durations;
  fromDue: Durations;
  posts: number;
  late: number;
  elapsedMs: number;
  faults: string[];
  processorUse: ProcessorUse;
  /** The worst of the rounds' P99 of the load generator's own event loop: no arrival is noted more precisely. */
  loopDelayMs: number;
}

/** Figures of a bus before its first round. */
export function noFigures(busName: BusName, goalMs: number): BusFigures {
  return {
    busName,
    goalMs,
    fromCommit: new Durations(),
    fromDue: new Durations(),
    posts: 0,
    late: 0,
    elapsedMs: 0,
    faults: [],
    processorUse: new Map(),
    loopDelayMs: 0,
  };
}

/** Runs a round and adds what it measured to the figures. */
export async function measureRound(scene: LiveScene, load: Load, figures: BusFigures): Promise<RoundResult> {
  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  const readUse = measureProcessorUse(scene.platform);
  loop.enable();
  const round = await scene.run(load);
  loop.disable();
  for (const [part, usedMs] of readUse()) {
    figures.processorUse.set(part, (figures.processorUse.get(part) ?? 0) + usedMs);
  }
  figures.fromCommit.addAll(round.fromCommit);
  figures.fromDue.addAll(round.fromDue);
  figures.posts += round.posts.sent;
  figures.late += round.posts.late;
  figures.elapsedMs += round.posts.elapsedMs;
  figures.faults.push(
    ...round.faults,
    ...Array.from({ length: round.posts.errors }, () => 'a post had no good answer'),
  );
  figures.loopDelayMs = Math.max(figures.loopDelayMs, loop.percentile(99) / nanosecondsPerMs);
  return round;
}

/** Whether the bus is as fast as it is to be. */
export function isGoalMet({ fromCommit, goalMs }: BusFigures): boolean {
  return fromCommit.percentile(95) <= goalMs;
}

/** The delays of each bus, beside the goal. */
export function liveDelayTable(all: readonly BusFigures[]): string {
  return table(
    ['event bus, from → to', 'events', 'P50 ms', 'P95 ms', 'P99 ms', 'goal: P95 ms', 'met'],
    all.flatMap((figures) => {
      const { busName, fromCommit, fromDue, goalMs } = figures;
      return [
        [
          `${busName}, commit → socket`,
          String(fromCommit.count),
          ...percentilesOf(fromCommit),
          String(goalMs),
          isGoalMet(figures) ? 'yes' : 'no',
        ],
        [`${busName}, due → socket`, String(fromDue.count), ...percentilesOf(fromDue), '', ''],
      ];
    }),
  );
}

/** How the schedule was kept, and what each process used of a core. */
export function liveCostTable(all: readonly BusFigures[]): string {
  const parts = [...new Set(all.flatMap(({ processorUse }) => [...processorUse.keys()]))];
  return table(
    [
      'event bus',
      'posts/s',
      'late',
      'missing, repeated',
      'generator loop P99 ms',
      ...parts.map((part) => `${part} CPU`),
    ],
    all.map(({ busName, posts, late, elapsedMs, faults, processorUse, loopDelayMs }) => [
      busName,
      ((posts * 1_000) / elapsedMs).toFixed(0),
      `${late} of ${posts}`,
      String(faults.length),
      loopDelayMs.toFixed(1),
      ...parts.map((part) => {
        const usedMs = processorUse.get(part);
        return usedMs === undefined ? '' : `${((usedMs / elapsedMs) * 100).toFixed(0)} %`;
      }),
    ]),
  );
}
