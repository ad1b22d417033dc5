import type { Call } from '../../csi/call.ts';
import { CsiError } from '../../csi/errors.ts';
import type { DirectoriesPort } from '../../directories/directories-port.ts';
import type { ControllerPorts } from '../driver-module.ts';
import type { CreationContext } from './creation.ts';
import { directoryName } from './directory-name.ts';
import type { EfsAccess } from './efs-access.ts';
import { directoryVolume, type EfsVolume } from './efs-volume.ts';
import type { Intent } from './intent.ts';
import { directoryRequest, type Plan } from './plan.ts';
import type { VolumeId } from './volume-id.ts';
import { wholeFileSystem } from './whole-file-system.ts';

type Context = Pick<CreationContext, 'access' | 'place'>;

/** The directory that was made for a volume, by its record on one of the file systems. */
export async function findDirectory(
  { directories }: ControllerPorts,
  intent: Intent,
  fileSystemIds: readonly string[],
  { access, place }: Context,
  call: Call,
): Promise<EfsVolume | undefined> {
  // Without directory work nothing can be found or made; planning says so.
  if (directories === undefined) return undefined;
  for (const fileSystemId of fileSystemIds) {
    const mount = await wholeFileSystem(access.efs, fileSystemId, call);
    const record = await directories.find({ mount, volume: directoryName(intent.volumeName) }, call);
    if (record !== undefined) return directoryVolume(fileSystemId, record, await place(fileSystemId));
  }
  return undefined;
}

/** Makes the directory on the first file system that can be worked on. */
export async function makeDirectory(
  ports: ControllerPorts,
  plan: Plan,
  { access, place }: Context,
  call: Call,
): Promise<EfsVolume> {
  const directories = needDirectories(ports);
  const [first, second] = plan.fileSystemIds;
  if (first === undefined) throw new CsiError('invalid-argument', 'the class names no file system');
  const make = async (fileSystemId: string) => {
    const placement = await place(fileSystemId);
    const mount = await wholeFileSystem(access.efs, fileSystemId, call);
    const record = await directories.make({ mount, ...directoryRequest(plan) }, call);
    return directoryVolume(fileSystemId, record, placement);
  };
  try {
    return await make(first);
  } catch (error) {
    // Where the first cannot be mounted at all, nothing was begun there.
    if (second === undefined || !(error instanceof CsiError) || error.code !== 'failed-precondition')
      throw error;
    call.log.warn({ err: error, fileSystem: first }, 'the next file system of the class is used');
    return make(second);
  }
}

/** Why directories cannot be made or removed here. */
export function needDirectories({ directories }: ControllerPorts): DirectoriesPort {
  if (directories !== undefined) return directories;
  throw new CsiError(
    'failed-precondition',
    'provisioningMode efs-dir needs "berth directories" beside the controller: set directories.enabled in the chart',
  );
}

/**
 * Does with a volume's directory what its record says. A path without a record of it was given by a person and stays,
 * whoever asks.
 */
export async function removeDirectory(
  ports: ControllerPorts,
  { efs }: EfsAccess,
  { fileSystemId, subPath }: VolumeId,
  call: Call,
): Promise<void> {
  const directories = needDirectories(ports);
  const volume = subPath.split('/').at(-1) ?? '';
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(volume)) return;
  const recorded = { mount: await wholeFileSystem(efs, fileSystemId, call), volume };
  const record = await directories.find(recorded, call);
  if (record === undefined) return;
  const path = `/${[record.base, record.path].filter(Boolean).join('/')}`;
  if (path !== subPath)
    return call.log.info({ fileSystem: fileSystemId, subPath, path }, 'the record is of another directory');
  await directories.remove(recorded, call);
}
