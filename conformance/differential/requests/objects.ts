/** Objects that several themes send; each has only what Kubernetes asks for. */

export const configMaps = '/api/v1/namespaces/{{ns}}/configmaps';
export const pods = '/api/v1/namespaces/{{ns}}/pods';
export const claims = '/api/v1/namespaces/{{ns}}/persistentvolumeclaims';
export const volumes = '/api/v1/persistentvolumes';
export const storageClasses = '/apis/storage.k8s.io/v1/storageclasses';
export const deployments = '/apis/apps/v1/namespaces/{{ns}}/deployments';

type Fields = Readonly<Record<string, unknown>>;

export const configMap = (name: string, data: Fields = { a: '1' }, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

export const pod = (name: string, spec: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'busybox' }], ...spec },
});

export const claim = (name: string, spec: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, ...metadata },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '4Ti' } }, ...spec },
});

export const volume = (name: string, spec: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, ...metadata },
  spec: {
    capacity: { storage: '4Ti' },
    accessModes: ['ReadWriteMany'],
    csi: { driver: 'azurelustre.csi.azure.com', volumeHandle: name },
    ...spec,
  },
});

export const storageClass = (name: string, fields: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, ...metadata },
  provisioner: 'azurelustre.csi.azure.com',
  ...fields,
});

export const deployment = (name: string, spec: Fields = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
});

export const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image: 'busybox' }] },
});

/** Accept headers of kubectl's `get` and of metadata-only clients. */
export const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
export const asMetadata = { Accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
export const asMetadataList = { Accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };
