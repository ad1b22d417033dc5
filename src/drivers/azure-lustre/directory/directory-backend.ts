import type { Call } from '../../../csi/call.ts';
import type { CreateRequest, VolumeBackend } from '../../../csi/driver.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { DirectoriesPort } from '../../../directories/directories-port.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { throwFirst } from '../../refusal.ts';
import { fileSystemName } from '../file-system-name.ts';
import { findMgsAddress } from '../find-mgs-address.ts';
import { unsupportedCapability } from '../intent.ts';
import { type DirectoryIntent, readDirectoryIntent, wholeMebibytes } from './directory-intent.ts';
import { directoryUser } from './directory-user.ts';
import {
  type DirectoryVolume,
  directoryConflict,
  directoryVolume,
  parseDirectoryId,
  wholeFileSystem,
} from './directory-volume.ts';

export interface DirectoryPlan {
  readonly intent: DirectoryIntent;
  readonly mgsAddress: string;
}

const driver = 'azurelustre.csi.azure.com';

/** The controller face of a directory per claim; all work on the file system is done by `berth directories`. */
export function createDirectoryBackend(
  ports: ControllerPorts,
): VolumeBackend<DirectoryIntent, DirectoryPlan, DirectoryVolume> {
  return {
    intent(request) {
      const { intent, refusals } = readDirectoryIntent(request);
      throwFirst(refusals);
      workOf(ports);
      return intent;
    },
    // Only the file system could tell, and `create` asks it.
    find: async () => undefined,
    plan: async (intent, call) => ({ intent, mgsAddress: await findMgsAddress(ports, intent, call) }),
    conflict: ({ intent }, { record }) => directoryConflict(intent, record),
    create: (plan, call) => makeDirectory(ports, plan, call),
    complete: async (_, volume) => volume,
    discard: async () => {},
    async get(volumeId, call) {
      const { name: volume, mgsAddress } = idOf(volumeId);
      const record = await workOf(ports).find({ ...wholeFileSystem(mgsAddress), volume }, call);
      return record && { ...directoryVolume(record, mgsAddress), id: volumeId };
    },
    async delete(volumeId, secrets, call) {
      if (Object.keys(secrets).length > 0)
        throw new CsiError('invalid-argument', "DeleteVolume doesn't support secrets");
      const { name: volume, mgsAddress } = idOf(volumeId);
      const progress: Call['progress'] = (report) => call.progress({ ...report, volume: volumeId });
      await workOf(ports).remove({ ...wholeFileSystem(mgsAddress), volume }, { ...call, progress });
    },
    async usedBy(volumeId, others, call) {
      const user = directoryUser(volumeId, others);
      if (user === undefined) return undefined;
      const { name: volume, mgsAddress } = idOf(volumeId);
      const record = await workOf(ports).find({ ...wholeFileSystem(mgsAddress), volume }, call);
      // Data that stay where they are can be shared.
      return record === undefined || record.onDelete === 'retain' ? undefined : user;
    },
    expand: async (volumeId, range, call) => ({
      capacityBytes: await expandDirectory(workOf(ports), volumeId, range, call),
      // Clients see a quota's size by themselves.
      nodeExpansionRequired: false,
    }),
    lockKey: (volume) => ('name' in volume ? fileSystemName(volume.name) : idOf(volume.id).name),
    unsupported: unsupportedCapability,
  };
}

function workOf({ directories }: ControllerPorts): DirectoriesPort {
  if (directories !== undefined) return directories;
  throw new CsiError(
    'failed-precondition',
    'provisioning-mode: directory needs "berth directories", a privileged container beside the controller, which is not there: install the chart with directories.enabled=true, or start the controller with --directories',
  );
}

async function makeDirectory(
  ports: ControllerPorts,
  { intent, mgsAddress }: DirectoryPlan,
  call: Call,
): Promise<DirectoryVolume> {
  const { resourceName: volume, base, path, mode, uid, gid, onDelete, capacityBytes, quota } = intent;
  const asked = { volume, driver, base, path, mode, uid, gid, onDelete, capacityBytes, quota };
  const record = await workOf(ports).make({ ...wholeFileSystem(mgsAddress), ...asked }, call);
  if (record.projectId === undefined && quota !== 'none')
    call.log.warn(
      { volume, path },
      'no project quota to be had here: the size of the volume is not enforced',
    );
  return { ...directoryVolume(record, mgsAddress, intent.parameters), existed: true };
}

async function expandDirectory(
  directories: DirectoriesPort,
  volumeId: string,
  range: Pick<CreateRequest, 'requiredBytes' | 'limitBytes'>,
  call: Call,
): Promise<bigint> {
  const { name: volume, mgsAddress } = idOf(volumeId);
  const where = { ...wholeFileSystem(mgsAddress), volume };
  const capacityBytes = wholeMebibytes(range.requiredBytes);
  if (range.limitBytes > 0n && capacityBytes > range.limitBytes)
    throw new CsiError(
      'out-of-range',
      `required capacity ${capacityBytes} (in whole MiB) is greater than capacity limit ${range.limitBytes}`,
    );
  const record = await directories.find(where, call);
  if (record === undefined) throw new CsiError('not-found', `volume ${volumeId} does not exist`);
  // A volume never shrinks: what is in it could be more than fits.
  if (record.capacityBytes >= capacityBytes) return record.capacityBytes;
  return (await directories.resize({ ...where, capacityBytes }, call)).capacityBytes;
}

function idOf(volumeId: string) {
  const id = parseDirectoryId(volumeId);
  if (id === undefined) throw new CsiError('not-found', `volume ${volumeId} is no directory`);
  return id;
}
