export interface MetricSpec {
  /** As Prometheus names it, unit last: `csi_plugin_operations_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** Where measurements go. A metric asked for twice by name is the same metric. */
export interface Metrics {
  /** Counts up: by one, or by `by`. */
  counter(spec: MetricSpec): (labels: Labels, by?: number) => void;
  gauge(spec: MetricSpec): (labels: Labels, value: number) => void;
  /** `buckets` are upper bounds in the metric's unit, rising. */
  histogram(
    spec: MetricSpec & { readonly buckets: readonly number[] },
  ): (labels: Labels, value: number) => void;
  /** Everything measured, in Prometheus' text format. */
  exposition(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const nothing = () => {};

/** For a program that serves no metrics. */
export const noMetrics: Metrics = {
  counter: () => nothing,
  gauge: () => nothing,
  histogram: () => nothing,
  exposition: async () => ({ contentType: 'text/plain; charset=utf-8', body: '' }),
};

/** A registry of its own. The library is loaded here and not before: it takes 10 MB that a program without metrics saves. */
export async function openMetrics(): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const once = <Metric>(name: string, make: () => Metric): Metric =>
    (registry.getSingleMetric(name) as Metric | undefined) ?? make();
  const common = ({ name, help, labels }: MetricSpec) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });

  return {
    counter(spec) {
      const counter = once(spec.name, () => new Counter(common(spec)));
      return (labels, by = 1) => counter.inc(labels, by);
    },
    gauge(spec) {
      const gauge = once(spec.name, () => new Gauge(common(spec)));
      return (labels, value) => gauge.set(labels, value);
    },
    histogram(spec) {
      const histogram = once(spec.name, () => new Histogram({ ...common(spec), buckets: [...spec.buckets] }));
      return (labels, value) => histogram.observe(labels, value);
    },
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
