import type { Metrics } from '../../telemetry/metrics.ts';
import type { AwsError } from './aws-error.ts';

/** What is told of each request that left; names and labels are upstream's, for its dashboards. */
export interface ApiMetrics {
  answered(request: string, seconds: number): void;
  failed(request: string, seconds: number, error: AwsError): void;
}

/** `service` as the label has it: `efs`. */
export function apiMetrics(metrics: Metrics, service: string): ApiMetrics {
  const duration = metrics.histogram({
    name: 'aws_efs_csi_api_request_duration_seconds',
    help: 'Time of requests to AWS, each attempt for itself.',
    labels: ['request', 'service'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const errors = metrics.counter({
    name: 'aws_efs_csi_api_request_errors_total',
    help: 'Requests to AWS that failed, by error code.',
    labels: ['request', 'service', 'code'],
  });
  const throttles = metrics.counter({
    name: 'aws_efs_csi_api_request_throttles_total',
    help: 'Requests to AWS that were throttled.',
    labels: ['request', 'service'],
  });
  return {
    answered: (request, seconds) => duration({ request, service }, seconds),
    failed(request, seconds, error) {
      duration({ request, service }, seconds);
      if (error.kind === 'throttled') throttles({ request, service });
      else errors({ request, service, code: error.code || error.kind });
    },
  };
}
