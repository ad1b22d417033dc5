import type { EventRecorder } from '../kube/event-recorder.ts';
import type { KubeObject, ObjectReference } from '../kube/objects.ts';

/** The reasons that external-provisioner and external-resizer use, for which people and alerts search; the last is our own. */
export type EventReason =
  | 'Provisioning'
  | 'ProvisioningSucceeded'
  | 'ProvisioningFailed'
  | 'VolumeFailedDelete'
  | 'Resizing'
  | 'VolumeResizeSuccessful'
  | 'VolumeResizeFailed'
  | 'FileSystemResizeRequired'
  | 'VolumeOrphaned';

/** Tells users about their claims and volumes. */
export interface ObjectEvents {
  normal(about: ObjectReference, reason: EventReason, message: string): void;
  warning(about: ObjectReference, reason: EventReason, message: string): void;
}

export function objectEvents(recorder: EventRecorder): ObjectEvents {
  return {
    normal: (about, reason, message) => recorder.record({ about, type: 'Normal', reason, message }),
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
