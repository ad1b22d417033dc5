/** Keys that Kubernetes' volume controllers and the CSI sidecars share; none of them may change. */
export const annotations = {
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  migratedTo: 'pv.kubernetes.io/migrated-to',
  selectedNode: 'volume.kubernetes.io/selected-node',
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  deletionSecretName: 'volume.kubernetes.io/provisioner-deletion-secret-name',
  deletionSecretNamespace: 'volume.kubernetes.io/provisioner-deletion-secret-namespace',
  modifySecretName: 'volume.kubernetes.io/controller-modify-secret-name',
  modifySecretNamespace: 'volume.kubernetes.io/controller-modify-secret-namespace',
  preResizeCapacity: 'volume.alpha.kubernetes.io/pre-resize-capacity',
  nodeExpansionNotRequired: 'volume.kubernetes.io/node-expansion-not-required',
} as const;

/** Keeps a PersistentVolume until its volume has been deleted. */
export const volumeFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';

/** In volumeAttributes: which provisioner made the volume, `<ms>-<random>-<driver>`. */
export const provisionerIdentityKey = 'storage.kubernetes.io/csiProvisionerIdentity';

/** StorageClass parameters under this prefix speak to the provisioner, not to the driver. */
export const reservedPrefix = 'csi.storage.k8s.io/';

/** The CSI name of the claim's volume and the name of its PersistentVolume. */
export function volumeName(claimUid: string): string {
  return `pvc-${claimUid}`;
}
