import type { PersistentVolume } from '../kube/objects.ts';
import { annotations, volumeFinalizer } from './names.ts';

/** What to do about a PersistentVolume. */
export type VolumeDecision = 'ignore' | 'add-finalizer' | 'remove-finalizer' | 'delete';

/**
 * Deletes only what was provisioned by this driver, whose claim is gone (phase Released, which only the PV controller
 * sets, after it has asked the API server itself) and whose policy says Delete. The finalizer keeps a PersistentVolume
 * that somebody deletes first until that has happened.
 */
export function decideVolume(volume: PersistentVolume, driverName: string): VolumeDecision {
  if (volume.spec.csi?.driver !== driverName) return 'ignore';
  const deleting = volume.metadata.deletionTimestamp !== undefined;
  const hasFinalizer = volume.metadata.finalizers?.includes(volumeFinalizer) ?? false;
  // Gone already: only other controllers' finalizers are left.
  if (deleting && !hasFinalizer) return 'ignore';
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete')
    return hasFinalizer ? 'remove-finalizer' : 'ignore';

  const phase = volume.status?.phase;
  if (!isProvisionedBy(volume, driverName)) {
    // Nobody deletes a hand-written volume's data, so its object must not wait for that.
    if (deleting && phase !== 'Bound') return 'remove-finalizer';
  } else if (phase === 'Released') return 'delete';
  return phase === 'Bound' && !hasFinalizer ? 'add-finalizer' : 'ignore';
}

function isProvisionedBy(volume: PersistentVolume, driverName: string): boolean {
  const marks = volume.metadata.annotations ?? {};
  return marks[annotations.provisionedBy] === driverName || marks[annotations.migratedTo] === driverName;
}
