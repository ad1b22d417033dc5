import type { EventRecorder } from '../kube/event-recorder.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';

/** Writes an event about an object. Never throws and never waits: an event that is lost harms nothing. */
export type RecordEvent = <T extends KubeObject>(resource: Resource<T>, about: T, event: EventText) => void;

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Part of the object, e.g. `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** Objects of a list do not say their kind, so the reference is made from the resource. */
export function recordEvents(recorder: EventRecorder): RecordEvent {
  return (resource, { metadata }, { fieldPath, ...text }) => {
    const { namespace, name, uid, resourceVersion } = metadata;
    const about = {
      apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
      kind: resource.kind,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(fieldPath !== undefined && { fieldPath }),
    };
    recorder.record({ about, ...text });
  };
}
