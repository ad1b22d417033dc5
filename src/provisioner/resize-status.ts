import type { PersistentVolumeClaim } from '../kube/objects.ts';
import { formatQuantity } from '../units/quantity.ts';
import { annotations } from './names.ts';

type Condition = NonNullable<NonNullable<PersistentVolumeClaim['status']>['conditions']>[number];

/** Merge patches for a claim's status while its volume grows. Each fails with Conflict on a claim that has changed. */
export type ClaimStatusPatch = object;

const resizeConditions: ReadonlySet<string> = new Set([
  'Resizing',
  'FileSystemResizePending',
  'ControllerResizeError',
  'NodeResizeError',
]);

/** The controller's part begins; `bytes` is what it will be carried on to. */
export function resizeStarted(claim: PersistentVolumeClaim, bytes: bigint, now: number): ClaimStatusPatch {
  return patch(claim, {
    conditions: replaceConditions(claim, { type: 'Resizing', status: 'True', lastTransitionTime: time(now) }),
    allocatedResources: { storage: formatQuantity(bytes) },
    allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
  });
}

/** Nothing is under way; the reason stays on the claim. */
export function resizeFailed(
  claim: PersistentVolumeClaim,
  message: string,
  infeasible: boolean,
  now: number,
): ClaimStatusPatch {
  return patch(claim, {
    conditions: replaceConditions(claim, {
      type: 'ControllerResizeError',
      status: 'True',
      message,
      lastTransitionTime: time(now),
    }),
    ...(infeasible && { allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } }),
  });
}

/** The volume has grown and the kubelet has to grow the file system. */
export function resizeWaitsForNode(claim: PersistentVolumeClaim, now: number): ClaimStatusPatch {
  return patch(claim, {
    conditions: replaceConditions(claim, {
      type: 'FileSystemResizePending',
      status: 'True',
      message: 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
      lastTransitionTime: time(now),
    }),
    allocatedResourceStatuses: { storage: 'NodeResizePending' },
  });
}

export function resizeFinished(claim: PersistentVolumeClaim, bytes: bigint): ClaimStatusPatch {
  return {
    ...patch(claim, {
      capacity: { storage: formatQuantity(bytes) },
      conditions: replaceConditions(claim),
      allocatedResourceStatuses: { storage: null },
    }),
    metadata: {
      resourceVersion: claim.metadata.resourceVersion,
      annotations: { [annotations.nodeExpansionNotRequired]: 'true' },
    },
  };
}

function patch({ metadata }: PersistentVolumeClaim, status: object): ClaimStatusPatch {
  return { metadata: { resourceVersion: metadata.resourceVersion }, status };
}

/** Conditions of other kinds are other controllers'. */
function replaceConditions({ status }: PersistentVolumeClaim, ...ours: Condition[]): Condition[] {
  return [...(status?.conditions ?? []).filter(({ type }) => !resizeConditions.has(type)), ...ours];
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
