import type { Metrics } from '../../telemetry/metrics.ts';

/** Records one HTTP request to ARM, a repeated one too; `status` is undefined where there was no answer. */
export type ObserveArm = (method: string, path: string, status: number | undefined, seconds: number) => void;

/** One histogram for all requests, whose labels have few values: neither names nor ids are among them. */
export function createArmMetrics(metrics: Metrics): ObserveArm {
  const observe = metrics.histogram({
    name: 'azure_arm_request_duration_seconds',
    help: 'Duration of single requests to Azure Resource Manager by method, resource type and HTTP status.',
    labels: ['method', 'resource_type', 'status'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  });
  return (method, path, status, seconds) => {
    const labels = { method, resource_type: resourceType(path), status: String(status ?? 'none') };
    observe(labels, seconds);
  };
}

/** `Microsoft.StorageCache/amlFilesystems/expansionJobs` of a path that names one: every second part is a name. */
export function resourceType(path: string): string {
  const after = path.split(/\/providers\//i).at(-1) ?? '';
  if (after === path) return 'Microsoft.Resources';
  const [namespace = '', ...parts] = after.split('/').filter((part) => part !== '');
  return [namespace, ...parts.filter((_, index) => index % 2 === 0)].join('/');
}
