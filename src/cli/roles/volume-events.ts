import { systemClock } from '../../async/clock.ts';
import type { ClusterConfig } from '../../kube/cluster-config.ts';
import { createVolumeEvents } from '../../kubelet/volume-events.ts';
import type { MountsOptions } from '../../mount/create-mounts.ts';
import type { Log } from '../../telemetry/log.ts';
import { version } from '../../version.ts';

/** Where a node plugin tells of its volumes. The client and its library are loaded with the first event. */
export function volumeEvents(
  driver: string,
  cluster: ClusterConfig,
  { nodeId: nodeName }: { readonly nodeId: string },
  log: Log,
  signal: AbortSignal,
): NonNullable<MountsOptions['conditionChanged']> {
  const open = async () => {
    const [{ openKubeClient }, { startEventRecorder }] = await Promise.all([
      import('../../kube/open-kube-client.ts'),
      import('../../kube/event-recorder.ts'),
    ]);
    const client = openKubeClient(cluster, { userAgent: `berth/${version} (node)` });
    const component = `${driver}_${nodeName}`;
    const events = startEventRecorder({ client, component, host: nodeName, clock: systemClock, log, signal });
    return { client, events };
  };
  return createVolumeEvents({ nodeName, open, log, signal });
}
