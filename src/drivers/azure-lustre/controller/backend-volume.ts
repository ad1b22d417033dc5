import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { BackendVolume } from '../../../csi/driver.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';
import type { StaticIntent } from '../intent.ts';
import { formatVolumeId, lustreFsName } from '../volume-id.ts';
import { conditionOf } from './condition.ts';
import { capacityOf } from './conflict.ts';

/** A volume together with the Azure resource behind it; a static one has none that is known. */
export interface LustreVolume extends BackendVolume {
  readonly fileSystem: AmlFilesystem | undefined;
}

/** A volume on a file system that Berth did not make: nothing is known of it but its address. */
export function staticVolume(intent: StaticIntent): LustreVolume {
  const { resourceName: name, mgsAddress, subDir } = intent;
  return {
    id: formatVolumeId({ name, fsName: lustreFsName, mgsAddress, subDir, dynamic: false, resourceGroup: '' }),
    capacityBytes: 0n,
    context: { ...intent.parameters, 'created-by-dynamic-provisioning': 'f' },
    state: 'ready',
    fileSystem: undefined,
  };
}

export function dynamicVolume(
  intent: Pick<DynamicIntent, 'resourceName' | 'subDir' | 'parameters'>,
  resourceGroup: string,
  fileSystem: AmlFilesystem,
): LustreVolume {
  const { resourceName: name, subDir } = intent;
  const mgsAddress = fileSystem.properties.clientInfo?.mgsAddress ?? '';
  return {
    id: formatVolumeId({ name, fsName: lustreFsName, mgsAddress, subDir, dynamic: true, resourceGroup }),
    capacityBytes: capacityOf(fileSystem),
    context: {
      ...intent.parameters,
      'resource-group-name': resourceGroup,
      'mgs-ip-address': mgsAddress,
      'fs-name': lustreFsName,
      'created-by-dynamic-provisioning': 't',
    },
    ...stateOf(name, fileSystem),
    condition: conditionOf(fileSystem, ''),
    fileSystem,
  };
}

/** ARM's provisioning state in the words of the CSI edge. A file system is of use once its MGS has an address. */
function stateOf(name: string, { properties }: AmlFilesystem): Pick<BackendVolume, 'state' | 'reason'> {
  const { provisioningState: state, clientInfo, health } = properties;
  const detail = [health?.statusCode, health?.statusDescription].filter(Boolean).join(': ');
  if (state === 'Failed' || state === 'Canceled')
    return {
      state: 'failed',
      reason: `AMLFS cluster ${name} creation did not complete correctly (${state}${detail && `, ${detail}`})`,
    };
  if (state === 'Deleting')
    return {
      state: 'deleting',
      reason: `AMLFS cluster ${name} creation did not complete correctly, waiting for deletion to complete before retrying cluster creation`,
    };
  const usable = state === 'Succeeded' || state === 'Updating';
  if (usable && clientInfo?.mgsAddress) return { state: 'ready' };
  return { state: 'creating', reason: `AMLFS cluster ${name} is being created (${state ?? 'accepted'})` };
}
