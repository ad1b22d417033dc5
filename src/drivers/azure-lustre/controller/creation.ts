import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { Call } from '../../../csi/call.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { AzurePorts, ControllerPorts } from '../../driver-module.ts';
import { throwFirst } from '../../refusal.ts';
import { type Attempt, azureFailure, isPassing, withAzure } from '../azure-failure.ts';
import { describeRounding } from '../capacity.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';
import { dynamicVolume, type LustreVolume } from './backend-volume.ts';
import { beginBlobJobs, blobJobPermissions, missingBlobJobs, refuseBlobVersion } from './blob-jobs.ts';
import { readPlacement } from './placement.ts';
import { type DynamicPlan, planFileSystem } from './plan.ts';
import { poll } from './polling.ts';

/** How long Azure usually takes to make a file system. */
const usualCreationMs = 12 * 60_000;

const permissions = {
  read: ['Microsoft.StorageCache/amlFilesystems/read'],
  skus: ['Microsoft.StorageCache/skus/read'],
  write: [
    'Microsoft.StorageCache/amlFilesystems/write',
    'Microsoft.Network/virtualNetworks/subnets/read',
    'Microsoft.Network/virtualNetworks/subnets/join/action',
  ],
  follow: ['Microsoft.StorageCache/amlFilesystems/read', ...blobJobPermissions],
};

/** Since when this process has followed each creation, by resource name. Lost at a restart, which costs an estimate. */
export type CreationTimes = Map<string, number>;

/** The file system of an intent, whatever its state. Not being able to tell is never final: one may be under way. */
export async function findFileSystem(
  ports: ControllerPorts,
  intent: DynamicIntent,
  call: Call,
): Promise<LustreVolume | undefined> {
  const looking = attempt(intent, 'looking for', permissions.read, true);
  const { config, filesystems } = await withAzure(looking, () => ports.azure());
  const { placement, refusals } = readPlacement(intent, config);
  const { resourceGroup } = placement;
  if (resourceGroup === '') throwFirst(refusals);
  const found = await withAzure(looking, () =>
    filesystems.get(resourceGroup, intent.resourceName, call.signal),
  );
  if (found === undefined) return undefined;
  const volume = dynamicVolume(intent, resourceGroup, found);
  if (volume.state !== 'ready' || intent.blob.jobs.length === 0) return volume;
  const missing = await withAzure(looking, () =>
    missingBlobJobs(filesystems.jobs, { resourceGroup, name: intent.resourceName }, intent.blob, call.signal),
  );
  const reason = `AMLFS cluster ${intent.resourceName} is there, but its import or export job is not yet`;
  return missing.length === 0 ? volume : { ...volume, state: 'creating', reason };
}

/** The plan, held against the SKUs that Azure offers in its location. */
export async function planCreation(
  ports: ControllerPorts,
  intent: DynamicIntent,
  call: Call,
): Promise<DynamicPlan> {
  const { config, filesystems } = await openAzure(ports, intent);
  const { placement, refusals } = readPlacement(intent, config);
  throwFirst([...refusals, ...refuseBlobVersion(filesystems.jobs, intent.blob)]);
  const doing = { doing: 'error retrieving SKUs', permissions: permissions.skus, mayExist: false };
  const skus = await withAzure(doing, () => filesystems.skus(placement.location, call.signal));
  const planned = planFileSystem(intent, config, skus);
  throwFirst(planned.refusals);
  return planned.plan;
}

/**
 * Sends the PUT. What fails without a clear "no" from Azure leaves with a code that is retried, because the request
 * may have been accepted; the next call finds the file system by its name.
 */
export async function createFileSystem(
  ports: ControllerPorts,
  times: CreationTimes,
  plan: DynamicPlan,
  call: Call,
): Promise<LustreVolume> {
  const { intent, placement } = plan;
  const { filesystems } = await openAzure(ports, intent);
  const { resourceGroup } = placement;
  const rounding = plan.sku && describeRounding(intent, plan.capacityBytes, plan.sku);
  if (rounding !== undefined)
    call.progress({ volume: intent.volumeName, phase: 'rounding', elapsedMs: 0, message: rounding });
  const accepted = await withAzure(attempt(intent, 'creating', permissions.write, false), () =>
    filesystems.beginCreate(resourceGroup, intent.resourceName, plan.body, call.signal),
  );
  times.set(intent.resourceName, ports.clock.now());
  call.log.info({ fileSystem: intent.resourceName, resourceGroup }, 'Azure accepted the file system');
  return dynamicVolume(intent, resourceGroup, accepted);
}

/** Follows a creation to `ready` or `failed`. Passing failures of Azure do not end it; the deadline does. */
export async function followCreation(
  ports: ControllerPorts,
  times: CreationTimes,
  plan: DynamicPlan,
  call: Call,
): Promise<LustreVolume> {
  const { intent, placement } = plan;
  const { resourceName: name } = intent;
  const { filesystems } = await openAzure(ports, intent, true);
  const startedAt = times.get(name) ?? ports.clock.now();
  times.set(name, startedAt);
  const look = async (elapsedMs: number): Promise<LustreVolume | undefined> => {
    const seen = await glance(filesystems, plan, call);
    if (seen === 'unknown') return undefined;
    if (seen === undefined) {
      times.delete(name);
      throw new CsiError(
        'aborted',
        `AMLFS cluster ${name} disappeared while it was created; it is made again`,
      );
    }
    const volume = dynamicVolume(intent, placement.resourceGroup, seen);
    if (volume.state === 'creating') {
      report(call, plan, elapsedMs, seen, (await operationOf(filesystems, plan, call)).percent);
      return undefined;
    }
    if (volume.state === 'ready')
      await beginBlobJobs(filesystems.jobs, seen, placement.resourceGroup, intent, call);
    times.delete(name);
    if (volume.state !== 'failed') return volume;
    const { failure } = await operationOf(filesystems, plan, call);
    return failure === undefined ? volume : { ...volume, reason: `${volume.reason}: ${failure}` };
  };
  try {
    return await poll(look, { clock: ports.clock, signal: call.signal, startedAt });
  } catch (error) {
    const needed = intent.blob.jobs.length === 0 ? permissions.read : permissions.follow;
    throw azureFailure(error, attempt(intent, 'creating', needed, true));
  }
}

async function glance(filesystems: AzurePorts['filesystems'], plan: DynamicPlan, call: Call) {
  try {
    return await filesystems.get(plan.placement.resourceGroup, plan.intent.resourceName, call.signal);
  } catch (error) {
    if (!isPassing(error) || call.signal.aborted) throw error;
    call.log.warn({ err: error, fileSystem: plan.intent.resourceName }, 'Azure did not answer; asking again');
    return 'unknown';
  }
}

/** What ARM says of the running operation beside the resource itself; nothing there ends the waiting. */
async function operationOf(
  filesystems: AzurePorts['filesystems'],
  { intent, placement }: DynamicPlan,
  call: Call,
): Promise<{ readonly percent?: number | undefined; readonly failure?: string }> {
  try {
    const { resourceGroup } = placement;
    return (await filesystems.operation?.(resourceGroup, intent.resourceName, call.signal)) ?? {};
  } catch (error) {
    if (call.signal.aborted) throw error;
    call.log.warn({ err: error, fileSystem: intent.resourceName }, 'Azure reports on the operation');
    return error instanceof Error ? { failure: error.message } : {};
  }
}

function report(
  call: Call,
  { intent }: DynamicPlan,
  elapsedMs: number,
  seen: AmlFilesystem,
  percent: number | undefined,
): void {
  const state = seen.properties.provisioningState ?? 'accepted';
  call.progress({
    volume: intent.volumeName,
    phase: 'creating',
    elapsedMs,
    usualMs: usualCreationMs,
    message: `Azure is creating AMLFS cluster ${intent.resourceName} (${state})`,
    ...(percent === undefined ? {} : { percent }),
  });
}

function attempt(intent: DynamicIntent, verb: string, needed: readonly string[], mayExist: boolean): Attempt {
  const doing = `CreateVolume error when ${verb} AMLFS ${intent.resourceName}`;
  return { doing, permissions: needed, mayExist };
}

async function openAzure(
  ports: ControllerPorts,
  intent: DynamicIntent,
  mayExist = false,
): Promise<AzurePorts> {
  return withAzure(attempt(intent, 'creating', [], mayExist), () => ports.azure());
}
