/** What tells the samples of a metric apart. Never personal data, nor anything of which there are thousands, as identifiers. */
export type MetricLabels = Readonly<Record<string, string>>;

/** A figure as it is now. */
export type Sample = { readonly labels: MetricLabels; readonly value: number };

/** A figure that goes up and down, read when somebody looks. */
export type GaugeDefinition = {
  /** `localplus_<subgraph or part>_<noun>_<unit>` */
  readonly name: string;
  /** One sentence for who sees it on a dashboard. */
  readonly help: string;
  readonly labels: readonly string[];
  /** What fails, or takes too long, is left out of the answer. */
  readonly read: () => Promise<readonly Sample[]>;
};

/** A figure that only grows. */
export type CounterDefinition = {
  /** `localplus_<subgraph or part>_<noun>_total` */
  readonly name: string;
  /** One sentence for who sees it on a dashboard. */
  readonly help: string;
  readonly labels: readonly string[];
};

/** Counts. */
export interface Counter {
  /** One more. */
  increment(labels?: MetricLabels): void;
}
