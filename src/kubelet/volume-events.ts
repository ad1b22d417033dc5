import type { VolumeCondition } from '../csi/mounts.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import { persistentVolumes } from '../kube/resources.ts';
import type { Log } from '../telemetry/log.ts';

export interface VolumeEventsOptions {
  readonly nodeName: string;
  /** Called when there is something to tell for the first time: a node whose volumes are well needs no client. */
  readonly open: () => Promise<{
    /** Needs get of PersistentVolumes. */
    readonly client: Pick<KubeClient, 'get'>;
    readonly events: Pick<EventRecorder, 'record'>;
  }>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Tells on the PersistentVolume when a volume's condition on this node changes; the reasons are those of Kubernetes'
 * external-health-monitor. Returns at once: events help people and decide nothing.
 */
export function createVolumeEvents(
  options: VolumeEventsOptions,
): (target: string, condition: VolumeCondition) => void {
  const { nodeName, log, signal } = options;
  let opened: ReturnType<VolumeEventsOptions['open']> | undefined;

  const tell = async (name: string, { abnormal, message }: VolumeCondition): Promise<void> => {
    opened ??= options.open();
    const { client, events } = await opened;
    const { metadata } = await client.get(persistentVolumes, { name }, signal);
    events.record({
      about: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        name,
        ...(metadata.uid !== undefined && { uid: metadata.uid }),
      },
      type: abnormal ? 'Warning' : 'Normal',
      reason: abnormal ? 'VolumeConditionAbnormal' : 'VolumeConditionNormal',
      message: `on node ${nodeName}: ${message}`,
    });
  };
  return (target, condition) => {
    const name = persistentVolumeAt(target);
    if (name === undefined) return;
    tell(name, condition).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error, target }, 'the change of a volume could not be told');
    });
  };
}

/** The name that kubelet puts into a pod's target path; undefined for a path of another form. */
export function persistentVolumeAt(target: string): string | undefined {
  return /\/volumes\/kubernetes\.io~csi\/([^/]+)\/mount$/.exec(target)?.[1];
}
