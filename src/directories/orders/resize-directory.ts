import { CsiError } from '../../csi/errors.ts';
import type { DirectoryRecord } from '../directories-port.ts';
import { existingRegistry } from './registry.ts';
import { withoutState } from './stored-record.ts';
import type { Workplace } from './workplace.ts';

/** A new limit for the volume's project. Repeated after a kill it does the same again. */
export async function resizeVolume(
  place: Workplace,
  { volume, capacityBytes }: { readonly volume: string; readonly capacityBytes: bigint },
): Promise<DirectoryRecord> {
  const registry = existingRegistry(place.files, place.root);
  const record = registry?.record(volume);
  if (registry === undefined || record?.state !== 'ready')
    throw new CsiError('not-found', `volume ${volume} has no directory on this file system`);
  if (record.projectId !== undefined) await place.quota.limit(record.projectId, capacityBytes);
  const resized = { ...record, capacityBytes };
  registry.write(resized);
  return withoutState(resized);
}

/** The records of the volumes that exist. */
export function listVolumes(place: Workplace): readonly DirectoryRecord[] {
  const registry = existingRegistry(place.files, place.root);
  const names = registry?.volumes() ?? [];
  return names.flatMap((volume) => findVolume(place, volume) ?? []);
}

/** The record of a volume that exists; one that is on its way in or out does not. */
export function findVolume(place: Workplace, volume: string): DirectoryRecord | undefined {
  const record = existingRegistry(place.files, place.root)?.record(volume);
  return record?.state === 'ready' ? withoutState(record) : undefined;
}
