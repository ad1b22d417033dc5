import type { Metrics } from '../telemetry/metrics.ts';
import type { CsiErrorCode } from './errors.ts';
import { statusName } from './to-status.ts';

/** Records one finished call: its full method (`/csi.v1.Controller/CreateVolume`), how it ended, how long it took. */
export type ObserveRpc = (method: string, code: CsiErrorCode | 'ok', seconds: number) => void;

/** Name, labels and buckets are those of csi-lib-utils, so that dashboards made for Go drivers work. */
export function createRpcMetrics(metrics: Metrics, driverName: string): ObserveRpc {
  const observe = metrics.histogram({
    name: 'csi_plugin_operations_seconds',
    help: 'Duration of CSI operations by method and gRPC status code.',
    labels: ['driver_name', 'method_name', 'grpc_status_code'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 25, 50, 120, 300, 600],
  });
  return (method, code, seconds) =>
    observe({ driver_name: driverName, method_name: method, grpc_status_code: statusName(code) }, seconds);
}
