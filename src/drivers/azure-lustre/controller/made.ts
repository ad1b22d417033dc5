import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { Call } from '../../../csi/call.ts';
import type { MadeVolume } from '../../../csi/driver.ts';
import { formatBytes } from '../../../units/bytes.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { withAzure } from '../azure-failure.ts';
import { readParameterKeys } from '../parameters/parameter-keys.ts';
import { createdBy, madeFor, whyNotOurs } from '../tags.ts';
import { contextValue } from '../volume-context.ts';
import { parseVolumeId } from '../volume-id.ts';
import { capacityOf } from './conflict.ts';

/** The file systems of this driver's making in the resource groups of some classes. Without a dynamic class Azure is not asked. */
export async function madeFileSystems(
  ports: ControllerPorts,
  classes: readonly Readonly<Record<string, string>>[],
  call: Call,
): Promise<readonly MadeVolume[]> {
  const read = classes.map((parameters) => readParameterKeys(parameters).values);
  const dynamic = read.filter((values) => !values.get('mgs-ip-address'));
  if (dynamic.length === 0) return [];
  // A static class may lead to a file system that was kept.
  const inUse = new Set(read.map((values) => values.get('mgs-ip-address')));
  const permissions = ['Microsoft.StorageCache/amlFilesystems/read'];
  return withAzure({ doing: 'error listing AMLFS', permissions, mayExist: false }, async () => {
    const { config, filesystems } = await ports.azure();
    const groups = new Set(
      dynamic.map((values) =>
        (values.get('resource-group-name') || config.resourceGroup || '').toLowerCase(),
      ),
    );
    const all = await filesystems.list(call.signal);
    return all.flatMap((fileSystem) => {
      const group = resourceGroupOf(fileSystem);
      if (inUse.has(fileSystem.properties.clientInfo?.mgsAddress ?? '-')) return [];
      return groups.has(group.toLowerCase()) ? (madeVolume(fileSystem, group) ?? []) : [];
    });
  });
}

/** Pure. Undefined for a file system that is not provably this driver's, or is being deleted. */
function madeVolume(fileSystem: AmlFilesystem, group: string): MadeVolume | undefined {
  const { name: resourceName = '', tags, properties } = fileSystem;
  if (properties.provisioningState === 'Deleting' || whyNotOurs(resourceName, tags) !== undefined)
    return undefined;
  const { volumeName = resourceName, parameters } = madeFor(tags);
  return {
    name: volumeName,
    description: `AMLFS cluster ${resourceName} in resource group ${group} (${formatBytes(capacityOf(fileSystem))})`,
    advice: `az amlfs delete --resource-group ${group} --name ${resourceName}; to keep it, take its tag ${createdBy} away`,
    parameters,
    isMeantBy: (volumeId, volumeContext) => {
      const id = parseVolumeId(volumeId);
      if (id?.name === resourceName && id.dynamic !== false) return true;
      // A hand-written volume leads to it by its address alone.
      const { mgsAddress } = properties.clientInfo ?? {};
      return Boolean(mgsAddress) && mgsAddress === contextValue(volumeContext, 'mgs-ip-address');
    },
  };
}

/** The resource group of a file system that Azure has listed. */
export function resourceGroupOf({ id = '' }: AmlFilesystem): string {
  return /\/resourcegroups\/([^/]+)\//i.exec(id)?.[1] ?? '';
}
