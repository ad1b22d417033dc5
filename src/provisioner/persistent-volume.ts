import type { Volume } from '../csi/gen/csi.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../kube/objects.ts';
import { formatQuantity } from '../units/quantity.ts';
import type { ProvisioningPlan } from './create-request.ts';
import { annotations, provisionerIdentityKey, volumeFinalizer } from './names.ts';

export interface ProvisionedVolume {
  readonly claim: PersistentVolumeClaim;
  readonly storageClass: StorageClass;
  readonly plan: ProvisioningPlan;
  readonly volume: Volume;
  /** `<ms>-<random>-<driver>` of this provisioner. */
  readonly identity: string;
}

/** The PersistentVolume for a volume that the driver has made, as external-provisioner writes it. */
export function persistentVolume(provisioned: ProvisionedVolume): PersistentVolume {
  const { claim, storageClass, plan, volume, identity } = provisioned;
  const { secrets } = plan;
  const { reclaimPolicy = 'Delete' } = storageClass;
  return {
    metadata: {
      name: plan.request.name,
      annotations: {
        [annotations.provisionedBy]: storageClass.provisioner,
        [annotations.deletionSecretName]: secrets.provisioner?.name ?? '',
        [annotations.deletionSecretNamespace]: secrets.provisioner?.namespace ?? '',
        ...(secrets['controller-modify'] && {
          [annotations.modifySecretName]: secrets['controller-modify'].name,
          [annotations.modifySecretNamespace]: secrets['controller-modify'].namespace,
        }),
      },
      // Nothing is ever deleted with the policy Retain, so nothing has to be waited for.
      ...(reclaimPolicy === 'Delete' && { finalizers: [volumeFinalizer] }),
    },
    spec: {
      capacity: { storage: formatQuantity(capacityBytes(provisioned)) },
      accessModes: claim.spec.accessModes ?? [],
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      ...nodeAffinity(volume),
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(claim.metadata.namespace !== undefined && { namespace: claim.metadata.namespace }),
        ...(claim.metadata.name !== undefined && { name: claim.metadata.name }),
        ...(claim.metadata.uid !== undefined && { uid: claim.metadata.uid }),
        ...(claim.metadata.resourceVersion !== undefined && {
          resourceVersion: claim.metadata.resourceVersion,
        }),
      },
      csi: {
        driver: storageClass.provisioner,
        volumeHandle: volume.volumeId,
        volumeAttributes: { [provisionerIdentityKey]: identity, ...volume.volumeContext },
        ...(plan.fsType !== '' && claim.spec.volumeMode !== 'Block' && { fsType: plan.fsType }),
        ...(secrets['controller-publish'] && { controllerPublishSecretRef: secrets['controller-publish'] }),
        ...(secrets['node-stage'] && { nodeStageSecretRef: secrets['node-stage'] }),
        ...(secrets['node-publish'] && { nodePublishSecretRef: secrets['node-publish'] }),
        ...(secrets['controller-expand'] && { controllerExpandSecretRef: secrets['controller-expand'] }),
        ...(secrets['node-expand'] && { nodeExpandSecretRef: secrets['node-expand'] }),
      },
    },
  };
}

/** What is missing when the driver made less than was asked for, else undefined. 0 bytes mean: not known. */
export function shortfall(plan: ProvisioningPlan, volume: Volume): string | undefined {
  const requested = plan.request.capacityRange?.requiredBytes ?? 0n;
  if (volume.capacityBytes === 0n || volume.capacityBytes >= requested) return undefined;
  return `created volume capacity ${volume.capacityBytes} less than requested capacity ${requested}`;
}

function capacityBytes({ plan, volume }: ProvisionedVolume): bigint {
  return volume.capacityBytes || (plan.request.capacityRange?.requiredBytes ?? 0n);
}

/** Any one of the topologies is enough; within one, all segments must hold. */
function nodeAffinity(volume: Volume): { nodeAffinity?: unknown } {
  if (volume.accessibleTopology.length === 0) return {};
  const nodeSelectorTerms = volume.accessibleTopology.map(({ segments }) => ({
    matchExpressions: Object.entries(segments).map(([key, value]) => ({
      key,
      operator: 'In',
      values: [value],
    })),
  }));
  return { nodeAffinity: { required: { nodeSelectorTerms } } };
}
