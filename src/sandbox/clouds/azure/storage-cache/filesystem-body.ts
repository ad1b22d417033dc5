import { resourceId } from '../arm/resource-id.ts';
import type { Filesystem } from './filesystem.ts';
import { findSku } from './skus.ts';

const TYPE = 'Microsoft.StorageCache/amlFilesystems';
const LUSTRE_VERSION = '2.15.7';
/** The version from which a body tells these: older clients must not get to see them. */
const EXPANSION_SINCE = '2026-01-01';

/** A file system as ARM shows it in one api-version. */
export function filesystemBody(
  subscriptionId: string,
  filesystem: Filesystem & { readonly healthState?: string },
  expanding: boolean,
  apiVersion: string,
): object {
  const sku = findSku(filesystem.skuName);
  return {
    id: resourceId(subscriptionId, TYPE, filesystem),
    name: filesystem.name,
    type: TYPE,
    location: filesystem.location,
    tags: filesystem.tags,
    systemData: {
      createdAt: new Date(filesystem.createdAt).toISOString(),
      createdBy: 'berth-sandbox',
      createdByType: 'Application',
    },
    ...(filesystem.identity === undefined ? {} : { identity: filesystem.identity }),
    sku: { name: filesystem.skuName },
    ...(filesystem.zones.length === 0 ? {} : { zones: filesystem.zones }),
    properties: {
      storageCapacityTiB: filesystem.storageCapacityTiB,
      filesystemSubnet: filesystem.filesystemSubnet,
      maintenanceWindow: filesystem.maintenanceWindow,
      ...filesystem.extras,
      provisioningState: filesystem.provisioningState,
      health: health(filesystem, expanding),
      throughputProvisionedMBps: (sku?.bandwidthPerTiB ?? 0) * filesystem.currentCapacityTiB,
      ...(isReady(filesystem) ? { clientInfo: clientInfo(filesystem) } : {}),
      ...(apiVersion < EXPANSION_SINCE
        ? {}
        : {
            currentStorageCapacityTiB: filesystem.currentCapacityTiB,
            clusterUuid: filesystem.clusterUuid,
          }),
    },
  };
}

function isReady(filesystem: Filesystem): boolean {
  return filesystem.serving && filesystem.provisioningState !== 'Creating';
}

function health(filesystem: Filesystem & { readonly healthState?: string }, expanding: boolean): object {
  const { healthState } = filesystem;
  if (healthState !== undefined)
    return { state: healthState, statusDescription: 'A fault set in the sandbox has it so.' };
  if (expanding) return { state: 'Expanding', statusDescription: 'amlFilesystem is expanding.' };
  switch (filesystem.provisioningState) {
    case 'Succeeded':
    case 'Updating':
      return { state: 'Available', statusDescription: 'amlFilesystem is ok.' };
    case 'Failed':
      return { state: 'Unavailable', statusDescription: 'amlFilesystem is unavailable.' };
    default:
      return { state: 'Transitioning', statusDescription: 'amlFilesystem is in transition.' };
  }
}

function clientInfo({ mgsAddress, currentCapacityTiB }: Filesystem): object {
  const base64 = (yaml: string) => Buffer.from(yaml).toString('base64');
  return {
    mgsAddress,
    mountCommand: `mount -t lustre ${mgsAddress}@tcp:/lustrefs /lustre/lustrefs`,
    lustreVersion: LUSTRE_VERSION,
    containerStorageInterface: {
      persistentVolumeClaim: base64(
        `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: pvc-lustre\nspec:\n  accessModes: [ReadWriteMany]\n  resources:\n    requests:\n      storage: ${currentCapacityTiB}Ti\n  storageClassName: sc.azurelustre.csi.azure.com\n`,
      ),
      persistentVolume: base64(
        `apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: pv-lustre\nspec:\n  capacity:\n    storage: ${currentCapacityTiB}Ti\n  accessModes: [ReadWriteMany]\n  persistentVolumeReclaimPolicy: Retain\n  csi:\n    driver: azurelustre.csi.azure.com\n    volumeHandle: ${mgsAddress}\n    volumeAttributes:\n      mgs-ip-address: ${mgsAddress}\n      fs-name: lustrefs\n`,
      ),
      storageClass: base64(
        `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: sc.azurelustre.csi.azure.com\nprovisioner: azurelustre.csi.azure.com\nparameters:\n  mgs-ip-address: ${mgsAddress}\n  fs-name: lustrefs\nmountOptions: [noatime, flock]\n`,
      ),
    },
  };
}
