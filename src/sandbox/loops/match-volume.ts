import type {
  ClaimAccessMode,
  ObjectReference,
  PersistentVolume,
  PersistentVolumeClaim,
} from '../../kube/objects.ts';
import { parseQuantity } from '../../units/quantity.ts';
import { matchesSelector } from './label-selector.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** The class a claim or volume names; the annotation is the form before Kubernetes 1.6 and still wins. */
export function classOf(object: PersistentVolumeClaim | PersistentVolume): string {
  return object.metadata.annotations?.[CLASS_ANNOTATION] ?? object.spec.storageClassName ?? '';
}

export function capacityOf(volume: PersistentVolume): bigint {
  return parseQuantity(volume.spec.capacity?.storage ?? '0') ?? 0n;
}

export function requestOf(claim: PersistentVolumeClaim): bigint {
  return parseQuantity(claim.spec.resources?.requests?.storage ?? '0') ?? 0n;
}

/** A reference without uid is an administrator's: it waits for a claim of that name, whichever it will be. */
export function isReservedFor(reference: ObjectReference | undefined, claim: PersistentVolumeClaim): boolean {
  return (
    reference !== undefined &&
    reference.namespace === claim.metadata.namespace &&
    reference.name === claim.metadata.name &&
    (!reference.uid || reference.uid === claim.metadata.uid)
  );
}

/** Why the claim cannot have this volume, in the words of Kubernetes' VolumeMismatch events; undefined when it can. */
export function mismatch(claim: PersistentVolumeClaim, volume: PersistentVolume): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return 'the volume is marked for deletion';
  if (requestOf(claim) > capacityOf(volume)) return 'requested PV is too small';
  if (classOf(claim) !== classOf(volume)) return 'storageClassName does not match';
  if ((claim.spec.volumeMode ?? 'Filesystem') !== (volume.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode';
  const offered = new Set<ClaimAccessMode>(volume.spec.accessModes);
  if (!(claim.spec.accessModes ?? []).every((mode) => offered.has(mode))) return 'incompatible accessMode';
  return undefined;
}

/**
 * The volume a claim gets: one reserved for it, else the smallest free one that fits. While binding waits for a pod only a
 * reserved one counts.
 */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  reservedOnly: boolean,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (mismatch(claim, volume) !== undefined) continue;
    if (isReservedFor(volume.spec.claimRef, claim)) return volume;
    if (reservedOnly || volume.spec.claimRef !== undefined) continue;
    if (!matchesSelector(claim.spec.selector, volume.metadata.labels)) continue;
    if (best === undefined || capacityOf(volume) < capacityOf(best)) best = volume;
  }
  return best;
}
