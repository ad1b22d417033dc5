import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { RebalanceJob } from '../../../cloud/azure/aml-jobs.ts';
import type { Call } from '../../../csi/call.ts';
import type { BackendVolume, WatchedCondition } from '../../../csi/driver.ts';
import type { AzurePorts, ControllerPorts } from '../../driver-module.ts';
import { withAzure } from '../azure-failure.ts';
import { madeFor, settingsOf, whyNotOurs } from '../tags.ts';
import { contextValue } from '../volume-context.ts';
import { parseVolumeId } from '../volume-id.ts';
import { dynamicVolume } from './backend-volume.ts';
import { blobCondition } from './blob-condition.ts';
import { conditionOf } from './condition.ts';
import { resourceGroupOf } from './made.ts';

interface AskedVolume {
  readonly id: string;
  readonly context: Readonly<Record<string, string>>;
}

const permissions = ['Microsoft.StorageCache/amlFilesystems/read'];

/** The ready file systems of this driver's making, of the whole subscription, as volumes. */
export async function listVolumes(ports: ControllerPorts, call: Call): Promise<readonly BackendVolume[]> {
  const { all } = await readAll(ports, call);
  return all.flatMap((fileSystem) => {
    const { name = '', tags } = fileSystem;
    if (whyNotOurs(name, tags) !== undefined) return [];
    const { subDir } = settingsOf(tags);
    const known = { resourceName: name, subDir, parameters: madeFor(tags).parameters };
    const volume = dynamicVolume(known, resourceGroupOf(fileSystem), fileSystem);
    return volume.state === 'ready' ? [volume] : [];
  });
}

/**
 * How volumes are, by one list of the subscription's file systems. Static ones are found by their address, where their
 * file system is in this subscription; of others nothing is known.
 */
export async function volumeConditions(
  ports: ControllerPorts,
  volumes: readonly AskedVolume[],
  call: Call,
): Promise<readonly (WatchedCondition | undefined)[]> {
  if (volumes.length === 0) return [];
  const { azure, all } = await readAll(ports, call);
  const now = ports.clock.now();
  return Promise.all(volumes.map((volume) => conditionIn({ azure, all, now }, volume, call)));
}

async function conditionIn(
  {
    azure,
    all,
    now,
  }: { readonly azure: AzurePorts; readonly all: readonly AmlFilesystem[]; readonly now: number },
  { id, context }: AskedVolume,
  call: Call,
): Promise<WatchedCondition | undefined> {
  const parsed = parseVolumeId(id);
  const address = contextValue(context, 'mgs-ip-address') || parsed?.mgsAddress || '';
  if (parsed?.dynamic !== true) {
    const found = all.find(
      ({ properties }) => address !== '' && properties.clientInfo?.mgsAddress === address,
    );
    return found && conditionOf(found, address);
  }
  const named = (fileSystem: AmlFilesystem) =>
    same(fileSystem.name, parsed.name) && same(resourceGroupOf(fileSystem), parsed.resourceGroup);
  const found = all.find(named);
  if (found === undefined)
    return {
      abnormal: true,
      message: `AMLFS cluster ${parsed.name} in resource group ${parsed.resourceGroup} does not exist any more; its data are gone with it`,
    };
  const rebalance = await runningRebalance(azure, found, call);
  const condition = conditionOf(found, address);
  const blobs = condition.abnormal ? undefined : await blobCondition(azure, found, call);
  return {
    ...(blobs ?? condition),
    ...(rebalance && { activity: activityOf(found, rebalance, now) }),
  };
}

/** Asked of file systems only that have grown. Not being told of it is no condition. */
async function runningRebalance(
  { filesystems }: AzurePorts,
  fileSystem: AmlFilesystem,
  call: Call,
): Promise<RebalanceJob | undefined> {
  const { currentStorageCapacityTiB: now = 0, storageCapacityTiB: once } = fileSystem.properties;
  if (now <= once) return undefined;
  const of = { resourceGroup: resourceGroupOf(fileSystem), name: fileSystem.name ?? '' };
  try {
    const jobs = await filesystems.jobs.rebalances(of, call.signal);
    return jobs.find(({ state }) => state === 'InProgress' || state === 'Cancelling');
  } catch (error) {
    if (call.signal.aborted) throw error;
    call.log.info({ err: error, fileSystem: of.name }, 'rebalance jobs cannot be read');
    return undefined;
  }
}

function activityOf(
  { name }: AmlFilesystem,
  { percent, remainingMs, startedAt }: RebalanceJob,
  now: number,
): NonNullable<WatchedCondition['activity']> {
  return {
    message: `Azure is spreading the data of AMLFS cluster ${name} over what the expansion has added`,
    elapsedMs: startedAt === undefined ? 0 : Math.max(0, now - startedAt),
    ...(percent !== undefined && { percent }),
    ...(remainingMs !== undefined && { remainingMs }),
  };
}

async function readAll(
  ports: ControllerPorts,
  call: Call,
): Promise<{ readonly azure: AzurePorts; readonly all: readonly AmlFilesystem[] }> {
  return withAzure({ doing: 'error listing AMLFS', permissions, mayExist: false }, async () => {
    const azure = await ports.azure();
    return { azure, all: await azure.filesystems.list(call.signal) };
  });
}

/** Azure compares names without case. */
function same(a = '', b = ''): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
