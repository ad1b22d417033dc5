import type { Clock } from '../async/clock.ts';
import type { CallOptions, ControllerService } from '../csi/service.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Log } from '../telemetry/log.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ObjectEvents } from './object-events.ts';
import type { ProgressEvents } from './progress-events.ts';
import type { ProvisioningMetrics } from './provisioning-metrics.ts';
import type { FindUser } from './refuse-shared.ts';
import type { VolumeHealth } from './volume-health.ts';

/** What the reconcilers of claims, volumes and sizes share. */
export interface ProvisionerContext {
  readonly client: KubeClient;
  readonly view: ClusterView;
  readonly controller: ControllerService;
  readonly driverName: string;
  /** Whether the driver has SINGLE_NODE_MULTI_WRITER. */
  readonly singleNodeMultiWriter: boolean;
  /** `<ms>-<random>-<driver>`. */
  readonly identity: string;
  /** For one CSI call. It only bounds how long a call without any outcome is believed in; see `startProvisioner`. */
  readonly rpcTimeoutMs: number;
  /** Labels of nodes by which the driver decides where a volume is made. */
  readonly topologyKeys: readonly string[];
  /** Why the driver has no snapshots, for a person. */
  readonly noSnapshots?: string;
  /** Absent where no volume of the driver lies in another. */
  readonly usedBy?: FindUser;
  /** Absent where the driver cannot tell how its volumes are. */
  readonly health?: VolumeHealth;
  readonly events: ObjectEvents;
  readonly progress: ProgressEvents;
  readonly metrics: ProvisioningMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** What can never succeed as it is asked is asked again this seldom; external-provisioner's longest interval. */
export const slowRetry = { requeueAfterMs: 300_000 } as const;

export function callOptions(
  { clock, rpcTimeoutMs, log }: ProvisionerContext,
  signal: AbortSignal,
): CallOptions {
  return { signal, deadline: clock.now() + rpcTimeoutMs, log };
}
