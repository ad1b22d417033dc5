import type { ResourceDefinition, Subresource, Verb } from './resource-definition.ts';

const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

interface Row {
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly Subresource[];
  readonly generation?: ResourceDefinition['generation'];
  readonly verbs?: readonly Verb[];
  readonly type?: string;
  readonly singular?: string;
  readonly unconditionalUpdate?: boolean;
  readonly storedAs?: string;
  readonly timeToLiveMs?: number;
}

function define(
  apiVersion: string,
  plural: string,
  kind: string,
  scope: 'namespaced' | 'cluster',
  row: Row = {},
): ResourceDefinition {
  const slash = apiVersion.indexOf('/');
  const group = apiVersion.slice(0, Math.max(slash, 0));
  return {
    group,
    versions: [apiVersion.slice(slash + 1)],
    plural,
    singular: row.singular ?? kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    namespaced: scope === 'namespaced',
    verbs: row.verbs ?? allVerbs,
    subresources: row.subresources ?? [],
    type: row.type ?? `V1${kind}`,
    generation: row.generation ?? 'none',
    unconditionalUpdate: row.unconditionalUpdate ?? true,
    storedAs: row.storedAs ?? `${group}/${plural}`,
    timeToLiveMs: row.timeToLiveMs,
    custom: undefined,
  };
}

/** Kubernetes' `--event-ttl`. */
const EVENT_TTL_MS = 60 * 60 * 1000;

const workload = { categories: ['all'], generation: 'spec', subresources: ['status', 'scale'] } as const;

/** Every resource served without a CustomResourceDefinition: names, short names, scope, subresources. */
export const builtinResources: readonly ResourceDefinition[] = [
  define('v1', 'namespaces', 'Namespace', 'cluster', {
    short: ['ns'],
    subresources: ['status', 'finalize'],
    verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  }),
  define('v1', 'nodes', 'Node', 'cluster', { short: ['no'], subresources: ['status'] }),
  define('v1', 'persistentvolumes', 'PersistentVolume', 'cluster', {
    short: ['pv'],
    subresources: ['status'],
  }),
  define('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', 'namespaced', {
    short: ['pvc'],
    subresources: ['status'],
  }),
  define('v1', 'pods', 'Pod', 'namespaced', {
    short: ['po'],
    categories: ['all'],
    generation: 'spec',
    subresources: ['status', 'log', 'exec', 'binding'],
  }),
  define('v1', 'secrets', 'Secret', 'namespaced'),
  define('v1', 'configmaps', 'ConfigMap', 'namespaced', { short: ['cm'] }),
  define('v1', 'serviceaccounts', 'ServiceAccount', 'namespaced', { short: ['sa'] }),
  define('v1', 'services', 'Service', 'namespaced', {
    short: ['svc'],
    categories: ['all'],
    subresources: ['status'],
  }),
  define('v1', 'endpoints', 'Endpoints', 'namespaced', { short: ['ep'] }),
  define('v1', 'resourcequotas', 'ResourceQuota', 'namespaced', {
    short: ['quota'],
    subresources: ['status'],
  }),
  define('v1', 'limitranges', 'LimitRange', 'namespaced', { short: ['limits'] }),
  define('v1', 'events', 'Event', 'namespaced', {
    short: ['ev'],
    type: 'CoreV1Event',
    timeToLiveMs: EVENT_TTL_MS,
  }),
  define('events.k8s.io/v1', 'events', 'Event', 'namespaced', {
    short: ['ev'],
    type: 'EventsV1Event',
    storedAs: '/events',
    timeToLiveMs: EVENT_TTL_MS,
  }),
  define('apps/v1', 'deployments', 'Deployment', 'namespaced', { short: ['deploy'], ...workload }),
  define('apps/v1', 'replicasets', 'ReplicaSet', 'namespaced', { short: ['rs'], ...workload }),
  define('apps/v1', 'statefulsets', 'StatefulSet', 'namespaced', { short: ['sts'], ...workload }),
  define('apps/v1', 'daemonsets', 'DaemonSet', 'namespaced', {
    short: ['ds'],
    ...workload,
    subresources: ['status'],
  }),
  define('apps/v1', 'controllerrevisions', 'ControllerRevision', 'namespaced'),
  define('storage.k8s.io/v1', 'storageclasses', 'StorageClass', 'cluster', { short: ['sc'] }),
  define('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', 'cluster'),
  define('storage.k8s.io/v1', 'csinodes', 'CSINode', 'cluster'),
  define('storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', 'namespaced'),
  define('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', 'cluster', {
    unconditionalUpdate: false,
    subresources: ['status'],
  }),
  define('storage.k8s.io/v1', 'volumeattributesclasses', 'VolumeAttributesClass', 'cluster', {
    short: ['vac'],
  }),
  define('coordination.k8s.io/v1', 'leases', 'Lease', 'namespaced', { unconditionalUpdate: false }),
  define('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', 'namespaced', {
    generation: 'all-but-status',
  }),
  define('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', 'namespaced', {
    short: ['pdb'],
    generation: 'spec',
    subresources: ['status'],
  }),
  define('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', 'cluster', {
    short: ['pc'],
    generation: 'all-but-status',
  }),
  define('rbac.authorization.k8s.io/v1', 'roles', 'Role', 'namespaced'),
  define('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', 'namespaced'),
  define('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', 'cluster'),
  define('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', 'cluster'),
  define('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', 'cluster', {
    short: ['crd', 'crds'],
    categories: ['api-extensions'],
    generation: 'spec',
    subresources: ['status'],
    unconditionalUpdate: false,
  }),
];
