import type { Durations, StageResult } from '../measure.ts';
import { table } from '../report.ts';

/** What a round of a scenario came to. */
export interface Round {
  perSecond: number;
  /** Unknown of pgbench. */
  durations: Durations | undefined;
  errors: number;
  /** Of processor time for each command, in microseconds. */
  postgresUs: number;
  nodeUs: number;
}

/** All rounds of what was measured under one name. */
export class Scenario {
  readonly name: string;
  readonly inFlight: number;
  readonly rounds: Round[] = [];

  constructor(name: string, inFlight: number) {
    this.name = name;
    this.inFlight = inFlight;
  }

  /** Of commands a second. */
  get median(): number {
    return medianOf(this.rounds.map(({ perSecond }) => perSecond));
  }

  get errors(): number {
    return this.rounds.reduce((sum, { errors }) => sum + errors, 0);
  }

  /** The median of the rounds' percentiles, in milliseconds. */
  percentile(percent: number): number | undefined {
    const known = this.rounds.flatMap(({ durations }) => durations?.percentile(percent) ?? []);
    return known.length === 0 ? undefined : medianOf(known);
  }

  cells(): string[] {
    const speeds = this.rounds.map(({ perSecond }) => perSecond);
    const milliseconds = (percent: number) => this.percentile(percent)?.toFixed(1) ?? '–';
    const cost = (of: (round: Round) => number) => medianOf(this.rounds.map(of)).toFixed(0);
    return [
      ...[this.name, String(this.inFlight)],
      `${this.median.toFixed(0)} [${Math.min(...speeds).toFixed(0)}–${Math.max(...speeds).toFixed(0)}]`,
      ...[milliseconds(50), milliseconds(99), String(this.errors)],
      ...[cost(({ postgresUs }) => postgresUs), cost(({ nodeUs }) => nodeUs)],
    ];
  }
}

/** A goal, and what was measured of it. */
export interface Goal {
  name: string;
  wanted: string;
  measured: string;
  isReached: boolean;
}

export function scenarioTable(scenarios: readonly Scenario[]): string {
  return table(
    ['commands', 'in flight', 'per second', 'P50 ms', 'P99 ms', 'errors', 'PostgreSQL µs', 'Node µs'],
    scenarios.map((scenario) => scenario.cells()),
  );
}

export function goalTable(goals: readonly Goal[]): string {
  return table(
    ['what', 'wanted', 'measured', 'reached'],
    goals.map(({ name, wanted, measured, isReached }) => [name, wanted, measured, isReached ? 'yes' : '**no**']),
  );
}

/** How many commands a second a stage of requests with so many commands each carried out. */
export function commandsPerSecond({ durations, elapsedMs }: StageResult, commandsPerRequest: number): number {
  return ((durations.count * commandsPerRequest) / elapsedMs) * 1_000;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (below + above) / 2;
}
