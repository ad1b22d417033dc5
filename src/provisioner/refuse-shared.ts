import type { WatchedVolume } from '../csi/driver.ts';
import { CsiError } from '../csi/errors.ts';
import type { PersistentVolume } from '../kube/objects.ts';
import type { ProvisionerContext } from './provisioner-context.ts';
import { watchedVolume } from './volume-health.ts';
import { decideVolume } from './volume-plan.ts';

/** See `VolumeBackend.usedBy`. */
export type FindUser = (
  volumeId: string,
  others: readonly WatchedVolume[],
  signal: AbortSignal,
) => Promise<WatchedVolume | undefined>;

/**
 * Refuses the deletion of data to which another PersistentVolume leads too: one with the same handle, from a backup or
 * written by hand, or one that lies in the volume. Two that are both to be deleted do not wait for each other.
 */
export async function refuseShared(
  { view, driverName, usedBy }: ProvisionerContext,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<void> {
  const volumeId = volume.spec.csi?.volumeHandle ?? '';
  const others = [...view.volumes.values()].filter(
    (candidate) =>
      candidate.spec.csi?.driver === driverName &&
      candidate.metadata.name !== volume.metadata.name &&
      decideVolume(candidate, driverName) !== 'delete',
  );
  const twin = others.find(({ spec }) => spec.csi?.volumeHandle === volumeId);
  if (twin !== undefined) throw kept(twin, 'has the same volumeHandle');
  if (usedBy === undefined || others.length === 0) return;
  const asked = others.map(watchedVolume);
  const user = await usedBy(volumeId, asked, signal);
  const found = user && others[asked.indexOf(user)];
  if (found !== undefined) throw kept(found, 'leads into its directory');
}

function kept({ metadata }: PersistentVolume, why: string): CsiError {
  return new CsiError(
    'failed-precondition',
    `the volume is kept, because PersistentVolume "${metadata.name}" ${why}; delete that object first, or set this one's reclaim policy to Retain`,
  );
}
