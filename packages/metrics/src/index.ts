export { createMetrics, type Metrics } from './create-metrics.ts';
export type { Counter, CounterDefinition, GaugeDefinition, MetricLabels, Sample } from './definitions.ts';
