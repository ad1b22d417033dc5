import { isIPv4 } from 'node:net';
import type { Call } from '../../../csi/call.ts';
import type { CreateRequest, VolumeBackend } from '../../../csi/driver.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { throwFirst } from '../../refusal.ts';
import { withAzure } from '../azure-failure.ts';
import { fileSystemName } from '../file-system-name.ts';
import { type Intent, readIntent, unsupportedCapability } from '../intent.ts';
import { zoneLabels } from '../node-zones.ts';
import { parseVolumeId } from '../volume-id.ts';
import { readRoom, refuseRoom } from './admission.ts';
import { dynamicVolume, type LustreVolume, staticVolume } from './backend-volume.ts';
import { readCapacity } from './capacity-report.ts';
import { listVolumes, volumeConditions } from './conditions.ts';
import { conflictWith } from './conflict.ts';
import {
  type CreationTimes,
  createFileSystem,
  findFileSystem,
  followCreation,
  planCreation,
} from './creation.ts';
import { deleteVolume, discardFailed } from './deletion.ts';
import { expandVolume } from './expansion.ts';
import { madeFileSystems } from './made.ts';
import type { Plan } from './plan.ts';

/** The controller face. Only dynamic volumes open the Azure port: static ones work without an Azure account. */
export function createLustreBackend(
  ports: ControllerPorts,
  hasAzure = true,
): VolumeBackend<Intent, Plan, LustreVolume> {
  const times: CreationTimes = new Map();
  return {
    intent: intentOf,
    find: async (intent, call) =>
      intent.kind === 'static' ? staticVolume(intent) : findFileSystem(ports, intent, call),
    plan: async (intent, call) =>
      intent.kind === 'static' ? { kind: 'static', intent } : planCreation(ports, intent, call),
    conflict: (plan, found) =>
      plan.kind === 'static' || found.fileSystem === undefined
        ? undefined
        : conflictWith(plan, found.fileSystem),
    async admit(plan, call) {
      if (plan.kind === 'static') return;
      const { filesystems } = await ports.azure();
      throwFirst(refuseRoom(plan, await readRoom(plan, filesystems, call.log, call.signal)));
    },
    create: async (plan, call) =>
      plan.kind === 'static' ? staticVolume(plan.intent) : createFileSystem(ports, times, plan, call),
    complete: async (plan, found, call) =>
      plan.kind === 'static' ? found : followCreation(ports, times, plan, call),
    async discard(plan, _found, call) {
      if (plan.kind === 'dynamic') await discardFailed(ports, plan, call);
    },
    async get(id, call, secrets = {}) {
      if (Object.keys(secrets).length > 0) throw new CsiError('invalid-argument', "Doesn't support secrets");
      return getVolume(ports, id, call);
    },
    async delete(id, secrets, call) {
      if (Object.keys(secrets).length > 0)
        throw new CsiError('invalid-argument', "DeleteVolume doesn't support secrets");
      await deleteVolume(ports, id, call);
    },
    expand: async (id, range, call) => ({
      capacityBytes: await expandVolume(ports, id, range, call),
      // The size is the servers'; clients see it by themselves.
      nodeExpansionRequired: false,
    }),
    // What only Azure knows is not offered where no subscription is configured.
    ...(hasAzure && {
      list: (call: Call) => listVolumes(ports, call),
      conditions: (volumes, call) => volumeConditions(ports, volumes, call),
      capacity: (request, call) => readCapacity(ports, request, call),
    }),
    noSnapshots:
      'Azure Managed Lustre has neither snapshots nor clones; to keep a copy of the data, export them to the blob container of the file system',
    topologyKeys: zoneLabels,
    made: (classes, call) => madeFileSystems(ports, classes, call),
    lockKey: (volume) =>
      'name' in volume ? fileSystemName(volume.name) : (parseVolumeId(volume.id)?.name ?? volume.id),
    unsupported: unsupportedCapability,
  };
}

function intentOf(request: CreateRequest): Intent {
  const { intent, refusals } = readIntent(request);
  throwFirst(refusals);
  return intent;
}

/** A static id of the right form is a volume: there is nobody to ask whether its file system exists. */
async function getVolume(
  ports: ControllerPorts,
  volumeId: string,
  call: Call,
): Promise<LustreVolume | undefined> {
  const id = parseVolumeId(volumeId);
  if (id === undefined || id.name === '') return undefined;
  const { name: resourceName, subDir, mgsAddress, resourceGroup } = id;
  const known = { volumeName: resourceName, resourceName, subDir, parameters: {} };
  if (id.dynamic !== true) {
    if (!isIPv4(mgsAddress)) return undefined;
    const volume = staticVolume({ kind: 'static', requiredBytes: 0n, limitBytes: 0n, mgsAddress, ...known });
    return { ...volume, id: volumeId };
  }
  if (resourceGroup === '') return undefined;
  const doing = `error when looking for AMLFS ${resourceName} in resource group ${resourceGroup}`;
  const permissions = ['Microsoft.StorageCache/amlFilesystems/read'];
  return withAzure({ doing, permissions, mayExist: false }, async () => {
    const { filesystems } = await ports.azure();
    const found = await filesystems.get(resourceGroup, resourceName, call.signal);
    return found && { ...dynamicVolume(known, resourceGroup, found), id: volumeId };
  });
}
