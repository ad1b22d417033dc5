import { AwsError } from '../../cloud/aws/aws-error.ts';
import type { Call } from '../../csi/call.ts';
import type { CreateRequest, VolumeBackend } from '../../csi/driver.ts';
import { CsiError } from '../../csi/errors.ts';
import type { ControllerPorts, EfsSettings } from '../driver-module.ts';
import { throwFirst } from '../refusal.ts';
import { withAws } from './aws-failure.ts';
import { conflictWith } from './conflict.ts';
import { type CreationContext, createAccessPoint, describeAccessPoint } from './creation.ts';
import { readCrossAccount } from './cross-account.ts';
import { whyNotOurs } from './data-removal.ts';
import { deleteAccessPointVolume } from './deletion.ts';
import { findDirectory, makeDirectory, needDirectories, removeDirectory } from './directory-volumes.ts';
import { createOpenEfs, type EfsAccess } from './efs-access.ts';
import type { EfsVolume } from './efs-volume.ts';
import { findAccessPoint } from './finding.ts';
import { type Intent, readIntent, unsupportedCapability } from './intent.ts';
import { createPlaceVolume } from './placement.ts';
import type { Plan } from './plan.ts';
import { resolveFileSystems } from './resolve-file-systems.ts';
import { createUsageWatch } from './usage-watch.ts';
import { parseVolumeId } from './volume-id.ts';

const noSettings: EfsSettings = { tags: {}, deleteRootDirectories: false };

/** The controller face. */
export function createEfsBackend(ports: ControllerPorts): VolumeBackend<Intent, Plan, EfsVolume> {
  const { clock, efs: settings = noSettings } = ports;
  const openEfs = createOpenEfs(ports);
  const placeVolume = createPlaceVolume(clock);
  const sizes = new Map<string, bigint>();
  const contextOf = async (intent: Intent, call: Call): Promise<CreationContext> => {
    const access = await openEfs(intent.crossAccount?.role);
    const place = (fileSystemId: string) => placeVolume(access.efs, intent, fileSystemId, call);
    return { access, place, sizes, now: clock.now, alone: ports.tenure?.() !== undefined };
  };
  const resolve = (intent: Intent, call: Call) => resolveFileSystems(intent.fileSystems, ports.cluster, call);

  return {
    intent: (request) => intentOf(request, settings),
    async find(intent, call) {
      const fileSystemIds = await resolve(intent, call);
      const context = await contextOf(intent, call);
      return intent.mode === 'efs-dir'
        ? findDirectory(ports, intent, fileSystemIds, context, call)
        : findAccessPoint(intent, fileSystemIds, context, call);
    },
    async plan(intent, call) {
      if (intent.mode === 'efs-dir') needDirectories(ports);
      return { intent, fileSystemIds: await resolve(intent, call), settings };
    },
    conflict: conflictWith,
    async create(plan, call) {
      const context = await contextOf(plan.intent, call);
      return plan.intent.mode === 'efs-dir'
        ? makeDirectory(ports, plan, context, call)
        : createAccessPoint(plan, context, call);
    },
    complete: async (_plan, found) => found,
    async discard(plan, found, call) {
      const { access } = await contextOf(plan.intent, call);
      await discardAccessPoint(access, found, call);
    },
    // As upstream, the form of the id decides: the role that could look is known to a class only.
    get: async (id) => volumeById(id),
    async delete(volumeId, secrets, call) {
      const { id, problem } = parseVolumeId(volumeId);
      if (id === undefined) return call.log.warn({ volumeId, problem }, 'nothing to delete');
      if (id.accessPointId === '' && id.subPath === '')
        return call.log.info({ volumeId }, 'static volume: the file system stays');
      const access = await openEfs(roleOf(secrets));
      if (id.accessPointId === '') return removeDirectory(ports, access, id, call);
      await deleteAccessPointVolume(ports, access, id, call);
      sizes.delete(id.accessPointId);
    },
    ...(ports.directories !== undefined && { conditions: createUsageWatch(ports, () => openEfs(undefined)) }),
    unsupported: unsupportedCapability,
  };
}

function intentOf(request: CreateRequest, { tags }: EfsSettings): Intent {
  const { intent, refusals } = readIntent(request, { hasTags: Object.keys(tags).length > 0 });
  throwFirst(refusals);
  return intent;
}

function roleOf(secrets: Readonly<Record<string, string>>) {
  const refusals: Parameters<typeof readCrossAccount>[1] = [];
  const crossAccount = readCrossAccount(secrets, refusals);
  throwFirst(refusals);
  return crossAccount?.role;
}

function volumeById(volumeId: string): EfsVolume | undefined {
  const { id } = parseVolumeId(volumeId);
  if (id === undefined) return undefined;
  return { id: volumeId, capacityBytes: 0n, context: {}, state: 'ready', fileSystemId: id.fileSystemId };
}

/** Takes away an access point that no volume was ever made of, so that it can be made again. */
async function discardAccessPoint(access: EfsAccess, { accessPoint }: EfsVolume, call: Call): Promise<void> {
  if (accessPoint === undefined) return;
  const found = await describeAccessPoint(access, accessPoint.id, call);
  const foreign = found && whyNotOurs(found);
  if (foreign !== undefined)
    throw new CsiError('already-exists', `access point ${accessPoint.id} is left alone: ${foreign}`);
  const actions = ['elasticfilesystem:DeleteAccessPoint'];
  await withAws({ doing: `Failed to delete access point ${accessPoint.id}`, actions }, () =>
    access.efs.deleteAccessPoint(accessPoint.id, call).catch((error: unknown) => {
      if (!(error instanceof AwsError && error.kind === 'access-point-not-found')) throw error;
    }),
  );
  access.watch(accessPoint.fileSystemId).removed(accessPoint.id);
}
