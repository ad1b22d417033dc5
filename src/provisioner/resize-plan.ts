import type { PersistentVolume, PersistentVolumeClaim } from '../kube/objects.ts';
import { parseQuantity } from '../units/quantity.ts';

/** Whether a claim asks for more than it has. Cheap, for every claim there is. */
export function wantsResize({ spec, status }: PersistentVolumeClaim): boolean {
  if (status?.phase !== 'Bound' || !spec.volumeName) return false;
  const requested = sizeOf(spec.resources?.requests);
  const present = sizeOf(status.capacity);
  return requested !== undefined && present !== undefined && requested > present;
}

/**
 * The size to expand a claim's volume to, or undefined when there is nothing to do for the control plane.
 *
 * An expansion whose outcome is unknown is carried on to the size it was begun with (`status.allocatedResources`), even
 * when the user has asked for another meanwhile, as Kubernetes' quota accounting relies on it.
 *
 * @param failedForGood Whether the last try of this process ended with an error that leaves nothing under way.
 */
export function planResize(
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  failedForGood: boolean,
): bigint | undefined {
  const { claimRef, capacity } = volume.spec;
  if (claimRef?.uid !== claim.metadata.uid || !wantsResize(claim)) return undefined;
  const requested = sizeOf(claim.spec.resources?.requests) ?? 0n;
  const allocated = sizeOf(claim.status?.allocatedResources) ?? requested;
  const volumeSize = sizeOf(capacity) ?? 0n;
  const state = claim.status?.allocatedResourceStatuses?.storage ?? '';
  return volumeSize < requested
    ? sizeForSmallVolume(state, requested, allocated, volumeSize, failedForGood)
    : sizeForGrownVolume(state, allocated, claim);
}

function sizeForSmallVolume(
  state: string,
  requested: bigint,
  allocated: bigint,
  volumeSize: bigint,
  failedForGood: boolean,
): bigint | undefined {
  switch (state) {
    case 'NodeResizePending':
    case 'NodeResizeInProgress':
      // The node's part of the earlier expansion comes first.
      return volumeSize >= allocated ? undefined : allocated;
    case 'NodeResizeInfeasible':
      return allocated;
    case 'ControllerResizeInProgress':
      return failedForGood ? requested : allocated;
    default:
      return requested;
  }
}

/** The volume has grown already; the question is whether the claim's status tells so. */
function sizeForGrownVolume(
  state: string,
  allocated: bigint,
  { status }: PersistentVolumeClaim,
): bigint | undefined {
  switch (state) {
    case 'NodeResizePending':
    case 'NodeResizeInProgress':
      return undefined;
    default: {
      const waitsForNode = status?.conditions?.some(({ type }) => type === 'FileSystemResizePending');
      return state === '' && waitsForNode ? undefined : allocated;
    }
  }
}

function sizeOf(resources: { readonly storage?: string } | undefined): bigint | undefined {
  return resources?.storage === undefined ? undefined : parseQuantity(resources.storage);
}
