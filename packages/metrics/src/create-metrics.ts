import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@localplus/logging';
import { collectDefaultMetrics, Counter as PrometheusCounter, Gauge as PrometheusGauge, Registry } from 'prom-client';
import type { Counter, CounterDefinition, GaugeDefinition, Sample } from './definitions.ts';

/** Who asks for metrics waits ten seconds by default; what a neighbour does not tell in less is left out. */
const readLimitMs = 3_000;

const namePattern = /^localplus(_[a-z][a-z0-9]*){2,}$/;

/** The metrics of one part of the platform, with those of the process that it runs in. */
export interface Metrics {
  /** @throws Error for a name that is taken, or is not as names are */
  gauge(definition: GaugeDefinition): void;
  /** @throws Error for a name that is taken, or is not as names are */
  counter(definition: CounterDefinition): Counter;
  readonly contentType: string;
  /** Everything as it is now, in Prometheus's text format. */
  read(): Promise<string>;
}

/**
 * Begins a registry of its own: subgraphs that share a process tell the same by their ports as when each has one.
 */
export function createMetrics(logger: Logger): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const unread = new PrometheusCounter({
    name: 'localplus_metrics_unread_total',
    help: 'How often a metric was left out of an answer because it could not be read in time.',
    labelNames: ['metric'],
    registers: [registry],
  });

  const readWithinLimit = async ({ name, read }: GaugeDefinition): Promise<readonly Sample[]> => {
    const timer = new AbortController();
    try {
      return await Promise.race([read(), failAfterLimit(timer.signal)]);
    } catch (error) {
      // The neighbour's own log tells of an outage; a line for each look would drown it.
      logger.debug({ err: error, metric: name }, 'a metric could not be read');
      unread.inc({ metric: name });
      return [];
    } finally {
      timer.abort();
    }
  };

  return {
    gauge: (definition) => {
      const { name, help, labels } = checked(definition);
      const gauge: PrometheusGauge = new PrometheusGauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect: async () => {
          const samples = await readWithinLimit(definition);
          gauge.reset();
          for (const sample of samples) gauge.set({ ...sample.labels }, sample.value);
          if (samples.length === 0) gauge.remove({});
        },
      });
    },
    counter: (definition) => {
      const { name, help, labels } = checked(definition);
      const counter = new PrometheusCounter({ name, help, labelNames: [...labels], registers: [registry] });
      return { increment: (values = {}) => counter.inc({ ...values }) };
    },
    contentType: registry.contentType,
    read: () => registry.metrics(),
  };
}

function checked<Definition extends { name: string }>(definition: Definition): Definition {
  if (namePattern.test(definition.name)) return definition;
  throw new Error(`a metric is named localplus_<part>_<noun>_<unit>, not ${definition.name}`);
}

/** @throws Error after the limit, unless the signal was aborted before */
async function failAfterLimit(signal: AbortSignal): Promise<never> {
  await delay(readLimitMs, undefined, { signal });
  throw new Error(`it was not read within ${readLimitMs} ms`);
}
