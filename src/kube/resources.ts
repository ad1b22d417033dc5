import type {
  CsiNode,
  KubeEvent,
  KubeObject,
  Lease,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
  StorageClass,
} from './objects.ts';

/** Where the API server keeps one kind. The type parameter is the kind's shape and exists only for the compiler. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shape?: T;
}

function resource<T extends KubeObject>(
  apiVersion: string,
  plural: string,
  kind: string,
  namespaced: boolean,
): Resource<T> {
  const [group, version] = apiVersion.includes('/')
    ? (apiVersion.split('/') as [string, string])
    : ['', apiVersion];
  return { group, version, plural, kind, namespaced };
}

export const namespaces = resource<KubeObject>('v1', 'namespaces', 'Namespace', false);
export const nodes = resource<Node>('v1', 'nodes', 'Node', false);
export const pods = resource<Pod>('v1', 'pods', 'Pod', true);
export const secrets = resource<Secret>('v1', 'secrets', 'Secret', true);
export const configMaps = resource<KubeObject>('v1', 'configmaps', 'ConfigMap', true);
export const events = resource<KubeEvent>('v1', 'events', 'Event', true);
export const resourceQuotas = resource<KubeObject>('v1', 'resourcequotas', 'ResourceQuota', true);
export const serviceAccounts = resource<KubeObject>('v1', 'serviceaccounts', 'ServiceAccount', true);
export const persistentVolumes = resource<PersistentVolume>(
  'v1',
  'persistentvolumes',
  'PersistentVolume',
  false,
);
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
  true,
);
export const storageClasses = resource<StorageClass>(
  'storage.k8s.io/v1',
  'storageclasses',
  'StorageClass',
  false,
);
export const csiNodes = resource<CsiNode>('storage.k8s.io/v1', 'csinodes', 'CSINode', false);
export const csiDrivers = resource<KubeObject>('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', false);
export const leases = resource<Lease>('coordination.k8s.io/v1', 'leases', 'Lease', true);
export const deployments = resource<KubeObject>('apps/v1', 'deployments', 'Deployment', true);
export const replicaSets = resource<KubeObject>('apps/v1', 'replicasets', 'ReplicaSet', true);
export const statefulSets = resource<KubeObject>('apps/v1', 'statefulsets', 'StatefulSet', true);
export const daemonSets = resource<KubeObject>('apps/v1', 'daemonsets', 'DaemonSet', true);
