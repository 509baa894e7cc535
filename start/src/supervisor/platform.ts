import type { StateDirectory } from '../installation/state-directory.ts';
import { ProcessLog } from './process-log.ts';
import type { PlannedProcess } from './process-plan.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** A stop is promised to take 3 s at most; the rest is for closing the logs. */
const stopLimitMs = 2_850;
/**
 * How long each group has to drain, in the order in which they are stopped. PostgreSQL gets what the others left of the
 * whole: after much writing its last checkpoint takes a while. What takes longer is killed.
 */
const drainLimitsMs = { gateway: 1_000, subgraphs: 1_000, kafka: 1_500, postgres: stopLimitMs };

/** A group of processes that is started and stopped together. */
export type ProcessGroup = keyof typeof drainLimitsMs;

const stopOrder: ProcessGroup[] = ['gateway', 'subgraphs', 'kafka', 'postgres'];

/** Everything that the supervisor keeps running. */
export class Platform {
  #logsFolder: string;
  #tell: (line: string) => void;
  #groups: Record<ProcessGroup, SupervisedProcess[]> = { postgres: [], kafka: [], subgraphs: [], gateway: [] };
  #logs: ProcessLog[] = [];
  #onChange: () => void = () => undefined;
  #isStopping = false;

  /** @param tell shows a line to the person at the terminal */
  constructor(state: StateDirectory, tell: (line: string) => void) {
    this.#logsFolder = state.logsFolder;
    this.#tell = tell;
  }

  /** Whom to call when a process has died or is back. */
  set onChange(callback: () => void) {
    this.#onChange = callback;
  }

  /** Every process with its id and how often it had to be started again. */
  get processes(): { name: string; pid: number | undefined; restarts: number }[] {
    return [...stopOrder]
      .reverse()
      .flatMap((group) => this.#groups[group])
      .map(({ name, pid, restarts }) => ({ name, pid, restarts }));
  }

  /**
   * Starts a group at once and waits until all of it is ready.
   * @throws StartFailed of the first that cannot start; Error when everything is being stopped
   */
  async start(group: ProcessGroup, plans: PlannedProcess[]): Promise<void> {
    if (this.#isStopping) throw new Error('Everything is being stopped.');
    const started = plans.map((plan) => {
      const log = new ProcessLog(this.#logsFolder, plan.name, this.#tell);
      this.#logs.push(log);
      return new SupervisedProcess(plan, log, () => this.#onChange());
    });
    this.#groups[group] = started;
    await Promise.all(started.map((process) => process.start()));
  }

  /** Stops everything, whoever uses something before what it uses. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const endsAt = performance.now() + stopLimitMs;
    for (const group of stopOrder) {
      const limitMs = Math.min(drainLimitsMs[group], endsAt - performance.now());
      const outcomes = await Promise.all(
        this.#groups[group].map(async (process) => ({ name: process.name, drained: await process.stop(limitMs) })),
      );
      for (const { name, drained } of outcomes)
        if (!drained) this.#tell(`${name} did not drain in time and was killed`);
    }
    await Promise.all(this.#logs.map((log) => log.close()));
  }
}
