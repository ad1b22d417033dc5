import type { AccessPoint } from '../../cloud/aws/efs-client.ts';
import type { BackendVolume, Topology } from '../../csi/driver.ts';
import type { DirectoryRecord } from '../../directories/directories-port.ts';
import { formatVolumeId } from './volume-id.ts';

/** A volume together with what is behind it: an access point or the record of a directory. */
export interface EfsVolume extends BackendVolume {
  readonly fileSystemId: string;
  readonly accessPoint?: AccessPoint;
  readonly record?: DirectoryRecord;
}

/** What a volume on some file system is given besides its handle. */
export interface Placement {
  readonly context: Readonly<Record<string, string>>;
  readonly topology: readonly Topology[];
}

/** Usable while EFS still says `creating`: the nodes try again until it is there, as upstream's do. */
export function accessPointVolume(
  accessPoint: AccessPoint,
  placement: Placement,
  capacityBytes: bigint,
): EfsVolume {
  const { id: accessPointId, fileSystemId } = accessPoint;
  return {
    id: formatVolumeId({ type: 'efs', fileSystemId, subPath: '', accessPointId }),
    capacityBytes,
    ...placement,
    ...stateOf(accessPoint),
    fileSystemId,
    accessPoint,
  };
}

export function directoryVolume(
  fileSystemId: string,
  record: DirectoryRecord,
  placement: Placement,
): EfsVolume {
  const subPath = `/${[record.base, record.path].filter(Boolean).join('/')}`;
  return {
    id: formatVolumeId({ type: 'efs', fileSystemId, subPath, accessPointId: '' }),
    capacityBytes: record.capacityBytes,
    ...placement,
    state: 'ready',
    fileSystemId,
    record,
  };
}

function stateOf({ id, state }: AccessPoint): Pick<BackendVolume, 'state' | 'reason'> {
  switch (state) {
    case 'creating':
    case 'available':
    case 'updating':
      return { state: 'ready' };
    case 'deleting':
    case 'deleted':
      return { state: 'deleting', reason: `access point ${id} is being deleted` };
    case 'error':
      return { state: 'failed', reason: `EFS could not make access point ${id}` };
  }
}
