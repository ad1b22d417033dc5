import type { PersistentVolumeClaim, StorageClass } from '../kube/objects.ts';
import { annotations } from './names.ts';

/**
 * What to do about a claim: `populator`: its data comes from a kind that another controller fills a volume from;
 * `unknown-class`: ours, but its class is gone or another's.
 */
export type ClaimDecision = 'ignore' | 'populator' | 'unknown-class' | 'provision';

/**
 * Whether a claim waits for this driver. kube-controller-manager decides that it needs a volume, by an annotation that
 * names the provisioner; without the annotation nothing is done, because the claim may yet be bound to an existing volume.
 */
export function decideClaim(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
  driverName: string,
): ClaimDecision {
  if (claim.spec.volumeName) return 'ignore';
  if (!isAskedOf(claim, driverName)) return 'ignore';
  if (storageClass?.provisioner !== driverName) return 'unknown-class';
  const marks = claim.metadata.annotations ?? {};
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !marks[annotations.selectedNode])
    return 'ignore';
  return hasForeignSource(claim) ? 'populator' : 'provision';
}

export function isAskedOf(claim: PersistentVolumeClaim, driverName: string): boolean {
  const marks = claim.metadata.annotations ?? {};
  const provisioner = marks[annotations.storageProvisioner] ?? marks[annotations.betaStorageProvisioner];
  return provisioner === driverName || marks[annotations.migratedTo] === driverName;
}

/** Snapshots and claims are a driver's own business; any other kind is a volume populator's. */
function hasForeignSource(claim: PersistentVolumeClaim): boolean {
  const source = claim.spec.dataSource ?? claim.spec.dataSourceRef;
  return source !== undefined && source.kind !== 'VolumeSnapshot' && source.kind !== 'PersistentVolumeClaim';
}
