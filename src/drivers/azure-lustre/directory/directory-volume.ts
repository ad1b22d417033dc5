import { isIPv4 } from 'node:net';
import type { BackendVolume } from '../../../csi/driver.ts';
import type { DirectoryRecord, OnFileSystem } from '../../../directories/directories-port.ts';
import { joinInner } from '../../../directories/inner-path.ts';
import { lustreSource } from '../node/mount-plan.ts';
import { metadataKeys } from '../parameters/parameter-keys.ts';
import { formatVolumeId, lustreFsName, parseVolumeId, type VolumeId } from '../volume-id.ts';
import type { DirectoryIntent } from './directory-intent.ts';

/** A volume that is a directory, with what is on record about it. */
export interface DirectoryVolume extends BackendVolume {
  readonly record: DirectoryRecord;
}

/**
 * What stands in a handle in the place of the resource group. The upstream driver reads that field of dynamic volumes
 * only, so to it such a volume is a static one: it mounts it, and deletes nothing.
 */
const directoryMark = 'directory';

/** The handle's parts where it is of a directory that Berth made. */
export function parseDirectoryId(volumeId: string): VolumeId | undefined {
  const id = parseVolumeId(volumeId);
  const isDirectory = id?.dynamic === false && id.resourceGroup === directoryMark && isIPv4(id.mgsAddress);
  return isDirectory ? id : undefined;
}

/** The whole file system, for the work on its directories. */
export function wholeFileSystem(mgsAddress: string): OnFileSystem {
  return {
    mount: { fsType: 'lustre', source: lustreSource(mgsAddress, ''), options: [], readonly: false },
  };
}

/** Its context is a static volume's, in words that the upstream driver knows. */
export function directoryVolume(
  record: DirectoryRecord,
  mgsAddress: string,
  parameters: DirectoryIntent['parameters'] = {},
): DirectoryVolume {
  const subDir = joinInner(record.base, record.path);
  const told: readonly string[] = Object.values(metadataKeys);
  const metadata = Object.entries(parameters).filter(([key]) => told.includes(key));
  return {
    id: formatVolumeId({
      name: record.volume,
      fsName: lustreFsName,
      mgsAddress,
      subDir,
      dynamic: false,
      resourceGroup: directoryMark,
    }),
    capacityBytes: record.capacityBytes,
    context: {
      ...Object.fromEntries(metadata),
      'mgs-ip-address': mgsAddress,
      'fs-name': lustreFsName,
      'sub-dir': subDir,
      'created-by-dynamic-provisioning': 'f',
    },
    state: 'ready',
    record,
  };
}

/** Pure. Why a directory on record is not what is asked for, or undefined where it is. */
export function directoryConflict(intent: DirectoryIntent, record: DirectoryRecord): string | undefined {
  const octal = (mode: number) => `0${mode.toString(8)}`;
  const fields: readonly (readonly [string, string, string])[] = [
    ['path', joinInner(intent.base, intent.path), joinInner(record.base, record.path)],
    ['directory-mode', octal(intent.mode), octal(record.mode)],
    ['uid', String(intent.uid), String(record.uid)],
    ['gid', String(intent.gid), String(record.gid)],
    ['on-delete', intent.onDelete, record.onDelete],
  ];
  const differences = fields
    .filter(([, asked, has]) => asked !== has)
    .map(([what, asked, has]) => `${what} is ${has}, asked for ${asked}`);
  const { capacityBytes: has } = record;
  if (has < intent.requiredBytes || (intent.limitBytes > 0n && has > intent.limitBytes))
    differences.push(`capacity is ${has} bytes, asked for ${intent.requiredBytes}`);
  if (differences.length === 0) return undefined;
  return `the directory of volume ${record.volume} exists already and is not what is asked for: ${differences.join('; ')}`;
}
