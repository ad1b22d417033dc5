import type { EventRecorder } from '../kube/event-recorder.ts';
import type { KubeObject, ObjectReference } from '../kube/objects.ts';

/** The reasons that external-provisioner, -resizer and -health-monitor use, for which people and alerts search; the last two are our own. */
export type EventReason =
  | 'Provisioning'
  | 'ProvisioningSucceeded'
  | 'ProvisioningFailed'
  | 'VolumeFailedDelete'
  | 'Resizing'
  | 'VolumeResizeSuccessful'
  | 'VolumeResizeFailed'
  | 'FileSystemResizeRequired'
  | 'VolumeConditionAbnormal'
  | 'VolumeConditionNormal'
  | 'VolumeActivity'
  | 'VolumeOrphaned';

/** Tells users about their claims and volumes. */
export interface ObjectEvents {
  /** `series`: reports on one course of things, of which only the newest is kept. */
  normal(about: ObjectReference, reason: EventReason, message: string, series?: string): void;
  warning(about: ObjectReference, reason: EventReason, message: string): void;
}

export function objectEvents(recorder: EventRecorder): ObjectEvents {
  return {
    normal: (about, reason, message, series) =>
      recorder.record({ about, type: 'Normal', reason, message, ...(series !== undefined && { series }) }),
    warning: (about, reason, message) => recorder.record({ about, type: 'Warning', reason, message }),
  };
}

export function reference(
  kind: 'PersistentVolumeClaim' | 'PersistentVolume',
  { metadata }: KubeObject,
): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    apiVersion: 'v1',
    kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
