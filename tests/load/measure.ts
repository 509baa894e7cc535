import { build, type Histogram } from 'hdr-histogram-js';

const nanosecondsPerMs = 1_000_000;
const microsecondsPerMs = 1_000;
/** A request that takes longer has failed: the client gives up before. */
const longestUs = 60_000_000;

/** Collects durations and tells their percentiles. */
export class Durations {
  readonly #histogram: Histogram = build({ highestTrackableValue: longestUs, numberOfSignificantValueDigits: 3 });

  add(durationMs: number): void {
    this.#histogram.recordValue(Math.min(longestUs, Math.max(0, Math.round(durationMs * microsecondsPerMs))));
  }

  /** Adds all that another has collected. */
  addAll(other: Durations): void {
    this.#histogram.add(other.#histogram);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** In milliseconds. */
  percentile(percent: number): number {
    return this.#histogram.getValueAtPercentile(percent) / microsecondsPerMs;
  }
}

/** What a stage of load measured. */
export interface StageResult {
  inFlight: number;
  durations: Durations;
  errors: number;
  elapsedMs: number;
}

/** How a stage runs. */
export interface Stage {
  inFlight: number;
  durationMs: number;
  requestsMax: number;
  /** Sends one request; throws when the answer is not the wanted one. */
  send: (index: number) => Promise<void>;
}

/** Keeps so many requests in flight until the time or the number of requests is used up: each lane sends its next when it has an answer. */
export async function runStage({ inFlight, durationMs, requestsMax, send }: Stage): Promise<StageResult> {
  const durations = new Durations();
  let errors = 0;
  let nextIndex = 0;
  const startedAt = performance.now();
  const lane = async () => {
    while (nextIndex < requestsMax && performance.now() - startedAt < durationMs) {
      const index = nextIndex;
      nextIndex += 1;
      const sentAt = process.hrtime.bigint();
      try {
        await send(index);
      } catch (error) {
        errors += 1;
        if (errors === 1) console.error('The first error of this stage:', error);
      }
      durations.add(Number(process.hrtime.bigint() - sentAt) / nanosecondsPerMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { inFlight, durations, errors, elapsedMs: performance.now() - startedAt };
}
