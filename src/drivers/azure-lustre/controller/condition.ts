import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import type { VolumeCondition } from '../../../csi/driver.ts';

/** Health states in which its users notice nothing. Any other, one that a later service adds too, is a reason to look. */
const goodStates: ReadonlySet<string> = new Set(['Available', 'Expanding', 'Transitioning']);

/**
 * How a file system is, in Azure's words.
 *
 * @param knownAddress the MGS address that the volume's users mount, empty where it is not known
 */
export function conditionOf(fileSystem: AmlFilesystem, knownAddress: string): VolumeCondition {
  const { name = '', properties } = fileSystem;
  const { health, provisioningState, clientInfo } = properties;
  const state = health?.state ?? 'Available';
  const detail = [health?.statusCode, health?.statusDescription].filter(Boolean).join(': ');
  const said = `AMLFS cluster ${name} is ${state}${detail && ` (${detail})`}`;
  if (provisioningState === 'Failed' || provisioningState === 'Canceled')
    return { abnormal: true, message: `${said}; Azure's last operation on it ended as ${provisioningState}` };
  if (provisioningState === 'Deleting')
    return { abnormal: true, message: `AMLFS cluster ${name} is being deleted` };
  const address = clientInfo?.mgsAddress ?? '';
  if (knownAddress !== '' && address !== '' && knownAddress !== address)
    return {
      abnormal: true,
      message: `${said}; its MGS address is ${address} now and the PersistentVolume says ${knownAddress}: pods that start cannot mount it. Make a PersistentVolume with the new address`,
    };
  if (!goodStates.has(state))
    return { abnormal: true, message: `${said}; see its health in the Azure portal` };
  return { abnormal: false, message: said };
}
