import type { Clock } from '../async/clock.ts';
import type { MetricSpec, Metrics } from '../telemetry/metrics.ts';

/** Measures what is done for claims and volumes, under the names of external-provisioner, so that dashboards keep working. */
export interface ProvisioningMetrics {
  /** Counts and times `work` for a class's claim; the source is always empty, as no volume is made from another. */
  provisioning<T>(className: string, work: () => Promise<T>): Promise<T>;
  deleting<T>(className: string, work: () => Promise<T>): Promise<T>;
}

/** Seconds; from a directory on a share to a file system that takes a quarter of an hour. */
const buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 900, 1800];

export function createProvisioningMetrics(metrics: Metrics, clock: Clock): ProvisioningMetrics {
  const claims = outcomes(metrics, clock, 'controller_persistentvolumeclaim_provision', ['class', 'source']);
  const volumes = outcomes(metrics, clock, 'controller_persistentvolume_delete', ['class']);
  return {
    provisioning: (className, work) => claims({ class: className, source: '' }, work),
    deleting: (className, work) => volumes({ class: className }, work),
  };
}

function outcomes(metrics: Metrics, clock: Clock, stem: string, labels: readonly string[]) {
  const spec = (suffix: string, help: string): MetricSpec => ({ name: `${stem}_${suffix}`, help, labels });
  const succeeded = metrics.counter(spec('total', 'Successful operations.'));
  const failed = metrics.counter(spec('failed_total', 'Failed tries.'));
  const seconds = metrics.histogram({
    ...spec('duration_seconds', 'Duration of successful tries.'),
    buckets,
  });
  return async <T>(values: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> => {
    const start = clock.now();
    try {
      const result = await work();
      succeeded(values);
      seconds(values, (clock.now() - start) / 1000);
      return result;
    } catch (error) {
      failed(values);
      throw error;
    }
  };
}
