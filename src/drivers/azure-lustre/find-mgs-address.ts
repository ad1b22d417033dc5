import type { Call } from '../../csi/call.ts';
import { CsiError } from '../../csi/errors.ts';
import type { ControllerPorts } from '../driver-module.ts';
import { withAzure } from './azure-failure.ts';
import type { DirectoryIntent } from './directory/directory-intent.ts';

/** The MGS of the file system that a class names; Azure is asked only where it names a resource. */
export async function findMgsAddress(
  ports: Pick<ControllerPorts, 'azure'>,
  { fileSystem }: Pick<DirectoryIntent, 'fileSystem'>,
  call: Call,
): Promise<string> {
  if ('mgsAddress' in fileSystem) return fileSystem.mgsAddress;
  const { name, subscriptionId } = fileSystem;
  const doing = `CreateVolume error when looking for AMLFS ${name}`;
  const permissions = ['Microsoft.StorageCache/amlFilesystems/read'];
  return withAzure({ doing, permissions, mayExist: false }, async () => {
    const { config, filesystems } = await ports.azure();
    if (subscriptionId !== undefined && subscriptionId.toLowerCase() !== config.subscriptionId?.toLowerCase())
      throw refused(
        `file-system is in subscription ${subscriptionId}, Berth works in ${config.subscriptionId ?? 'none'}: give its mgs-ip-address instead`,
      );
    const resourceGroup = fileSystem.resourceGroup ?? config.resourceGroup;
    if (resourceGroup === undefined)
      throw refused(
        'resource-group-name must be provided with the name of a file-system, or its resource ID',
      );
    const found = await filesystems.get(resourceGroup, name, call.signal);
    if (found === undefined)
      throw refused(
        `file-system ${name} does not exist in resource group ${resourceGroup}: check both, "az amlfs list" shows what there is`,
      );
    const address = found.properties.clientInfo?.mgsAddress;
    if (address) return address;
    const state = found.properties.provisioningState ?? 'unknown';
    throw new CsiError('unavailable', `AMLFS ${name} has no MGS address yet, its state is ${state}`);
  });
}

const refused = (message: string) => new CsiError('invalid-argument', `CreateVolume Parameter ${message}`);
