import type { AmlFilesystem, AmlFilesystems } from '../../../cloud/azure/aml-filesystem.ts';
import type { Call } from '../../../csi/call.ts';
import { CsiError, type CsiErrorCode } from '../../../csi/errors.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { type Attempt, azureFailure, isPassing, withAzure } from '../azure-failure.ts';
import { whyNotOurs } from '../tags.ts';
import { parseVolumeId } from '../volume-id.ts';
import type { DynamicPlan } from './plan.ts';
import { poll } from './polling.ts';

/** How long Azure usually takes to remove a file system. */
const usualDeletionMs = 10 * 60_000;

const permissions = [
  'Microsoft.StorageCache/amlFilesystems/read',
  'Microsoft.StorageCache/amlFilesystems/delete',
];

interface Target {
  readonly resourceGroup: string;
  readonly name: string;
  /** Whom progress is reported for: the volume's name while it is made, its id afterwards. */
  readonly volume: string;
}

/** Deletes the file system behind a dynamic volume id and waits until it is gone. Data without proof of ownership stays. */
export async function deleteVolume(ports: ControllerPorts, volumeId: string, call: Call): Promise<void> {
  const id = parseVolumeId(volumeId);
  if (id === undefined) {
    const message = 'could not split volume ID into lustre name and ip address; nothing to delete';
    return call.log.warn({ volumeId }, message);
  }
  if (id.dynamic !== true) {
    if (id.dynamic === undefined)
      call.log.warn({ volumeId }, 'the volume ID does not say who made the volume');
    return call.log.info({ volumeId }, 'static volume: the file system stays');
  }
  if (id.resourceGroup === '')
    throw new CsiError(
      'failed-precondition',
      `volume was dynamically created but associated resource group is not specified. AMLFS cluster may need to be deleted manually: ${id.name}`,
    );
  const target = { resourceGroup: id.resourceGroup, name: id.name, volume: volumeId };
  const attempt = attemptOf(target, 'DeleteVolume', false);
  const { filesystems } = await withAzure(attempt, () => ports.azure());
  const found = await withAzure(attempt, () => filesystems.get(target.resourceGroup, id.name, call.signal));
  if (found === undefined) return;
  proveOurs(target, found, 'failed-precondition');
  await remove(ports, filesystems, target, found, attempt, call);
}

/**
 * Removes a failed file system so that it can be made again. It is looked at once more, since what failed may have
 * been repaired or replaced meanwhile.
 */
export async function discardFailed(ports: ControllerPorts, plan: DynamicPlan, call: Call): Promise<void> {
  const { resourceGroup } = plan.placement;
  const { resourceName: name, volumeName: volume } = plan.intent;
  const target = { resourceGroup, name, volume };
  const attempt = attemptOf(target, 'CreateVolume', true);
  const { filesystems } = await withAzure(attempt, () => ports.azure());
  const found = await withAzure(attempt, () => filesystems.get(resourceGroup, name, call.signal));
  if (found === undefined) return;
  proveOurs(target, found, 'already-exists');
  const state = found.properties.provisioningState;
  if (state !== 'Failed' && state !== 'Canceled' && state !== 'Deleting')
    throw new CsiError('aborted', `AMLFS cluster ${name} is ${state} now and is not removed; trying again`);
  await remove(ports, filesystems, target, found, attempt, call);
}

function proveOurs(target: Target, found: AmlFilesystem, code: CsiErrorCode): void {
  const foreign = whyNotOurs(target.name, found.tags);
  if (foreign === undefined) return;
  throw new CsiError(
    code,
    `AMLFS cluster ${target.name} in resource group ${target.resourceGroup} is not deleted, because nothing proves that Berth made it: ${foreign}. Delete it by hand if it is not needed`,
  );
}

async function remove(
  ports: ControllerPorts,
  filesystems: AmlFilesystems,
  target: Target,
  found: AmlFilesystem,
  attempt: Attempt,
  call: Call,
): Promise<void> {
  const { resourceGroup, name } = target;
  try {
    if (found.properties.provisioningState !== 'Deleting')
      await filesystems.beginDelete(resourceGroup, name, call.signal);
    await followToGone(ports, filesystems, target, call);
  } catch (error) {
    throw azureFailure(error, attempt);
  }
}

async function followToGone(
  ports: ControllerPorts,
  filesystems: AmlFilesystems,
  target: Target,
  call: Call,
): Promise<void> {
  const { resourceGroup, name } = target;
  let deleting = false;
  await poll(
    async (elapsedMs) => {
      const state = await stateOf(filesystems, target, call);
      if (state === 'gone') return state;
      if (deleting && state !== 'Deleting' && state !== 'unknown')
        throw new CsiError(
          'unavailable',
          `AMLFS cluster ${name} in resource group ${resourceGroup} could not be deleted, its state is ${state}; it is tried again`,
        );
      deleting ||= state === 'Deleting';
      const message = `Azure is deleting AMLFS cluster ${name}`;
      call.progress({
        volume: target.volume,
        phase: 'deleting',
        elapsedMs,
        usualMs: usualDeletionMs,
        message,
      });
      return undefined;
    },
    { clock: ports.clock, signal: call.signal, startedAt: ports.clock.now() },
  );
}

async function stateOf(filesystems: AmlFilesystems, target: Target, call: Call): Promise<string> {
  try {
    const found = await filesystems.get(target.resourceGroup, target.name, call.signal);
    return found === undefined ? 'gone' : (found.properties.provisioningState ?? 'unknown');
  } catch (error) {
    if (!isPassing(error) || call.signal.aborted) throw error;
    call.log.warn({ err: error, fileSystem: target.name }, 'Azure did not answer; asking again');
    return 'unknown';
  }
}

function attemptOf(target: Target, rpc: string, mayExist: boolean): Attempt {
  const doing = `${rpc} error when deleting AMLFS ${target.name} in resource group ${target.resourceGroup}`;
  return { doing, permissions, mayExist };
}
