import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { types } from './gen/types.ts';

type Fields = Record<string, unknown>;

/**
 * Fields that Kubernetes' answers have though nobody set them, and what is there then: Go leaves out empty values where the
 * JSON tag says `omitempty`, which these do not say or which has no effect on a struct. `{}` is an empty struct, whose own
 * such fields are there too.
 */
const alwaysPresent: Readonly<Record<string, Fields>> = {
  CoreV1Event: {
    involvedObject: {},
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
  V1CSIDriver: { spec: {} },
  V1CSINode: { spec: {} },
  V1CSINodeDriver: { topologyKeys: null },
  V1CSINodeSpec: { drivers: null },
  V1ClusterRole: { rules: null },
  V1Container: { resources: {} },
  V1ContainerStateRunning: { startedAt: null },
  V1ContainerStateTerminated: { startedAt: null, finishedAt: null },
  V1ContainerStatus: { state: {}, lastState: {}, image: '', imageID: '', ready: false, restartCount: 0 },
  V1CustomResourceDefinition: { status: {} },
  V1CustomResourceDefinitionStatus: { acceptedNames: {}, conditions: null, storedVersions: null },
  V1CustomResourceDefinitionNames: { plural: '', kind: '' },
  V1DaemonSet: { status: {} },
  V1DaemonSetCondition: { lastTransitionTime: null },
  V1DaemonSetStatus: {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
  V1Deployment: { status: {} },
  V1DeploymentCondition: { lastUpdateTime: null, lastTransitionTime: null },
  V1Endpoint: { addresses: null, conditions: {} },
  V1EndpointSlice: { endpoints: null, ports: null },
  V1Lease: { spec: {} },
  V1LimitRange: { spec: {} },
  V1LimitRangeSpec: { limits: null },
  V1Namespace: { spec: {}, status: {} },
  V1NamespaceCondition: { lastTransitionTime: null },
  V1Node: { spec: {}, status: {} },
  V1NodeCondition: { lastHeartbeatTime: null, lastTransitionTime: null },
  V1NodeDaemonEndpoints: { kubeletEndpoint: {} },
  V1DaemonEndpoint: { Port: 0 },
  V1NodeStatus: { daemonEndpoints: {}, nodeInfo: {} },
  V1NodeSystemInfo: {
    architecture: '',
    bootID: '',
    containerRuntimeVersion: '',
    kernelVersion: '',
    kubeProxyVersion: '',
    kubeletVersion: '',
    machineID: '',
    operatingSystem: '',
    osImage: '',
    systemUUID: '',
  },
  V1PersistentVolume: { spec: {}, status: {} },
  V1PersistentVolumeClaim: { spec: {}, status: {} },
  V1PersistentVolumeClaimCondition: { lastProbeTime: null, lastTransitionTime: null },
  V1PersistentVolumeClaimSpec: { resources: {} },
  V1Pod: { spec: {}, status: {} },
  V1PodCondition: { lastProbeTime: null, lastTransitionTime: null },
  V1PodDisruptionBudget: { spec: {}, status: {} },
  V1PodDisruptionBudgetStatus: {
    currentHealthy: 0,
    desiredHealthy: 0,
    disruptionsAllowed: 0,
    expectedPods: 0,
  },
  V1PodTemplateSpec: { metadata: {}, spec: {} },
  V1PolicyRule: { verbs: null },
  V1PriorityClass: { value: 0 },
  V1ReplicaSet: { status: {} },
  V1ReplicaSetCondition: { lastTransitionTime: null },
  V1ReplicaSetStatus: { replicas: 0 },
  V1ResourceQuota: { spec: {}, status: {} },
  V1Role: { rules: null },
  V1TypedLocalObjectReference: { apiGroup: null },
  V1TypedObjectReference: { apiGroup: null },
  V1Service: { spec: {}, status: {} },
  V1ServiceStatus: { loadBalancer: {} },
  V1StatefulSet: { status: {} },
  V1StatefulSetCondition: { lastTransitionTime: null },
  V1StatefulSetStatus: { availableReplicas: 0, replicas: 0 },
  V1VolumeAttachment: { status: {} },
  V1VolumeAttachmentStatus: { attached: false },
};

/** The type an object is stored as: events of both API groups are one. */
export function storedType({ storedAs, type = '' }: Pick<ResourceDefinition, 'storedAs' | 'type'>): string {
  return storedAs === '/events' ? 'CoreV1Event' : type;
}

/** Adds what is always present, in place, to a value of a built-in type and all it holds. */
export function addAlwaysPresent(type: string, fields: Fields): void {
  for (const [field, empty] of Object.entries(alwaysPresent[type] ?? {})) {
    fields[field] ??= isFields(empty) ? {} : empty;
  }
  const known = types[type];
  if (known === undefined) return;
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null) continue;
    const inner = known[field]?.replace(/^(\[\]|map\[string\])/, '');
    if (inner === undefined || types[inner] === undefined) continue;
    const held = known[field] === inner ? [value] : Object.values(value);
    for (const one of held) if (isFields(one)) addAlwaysPresent(inner, one);
  }
}

/** The opposite for a stored object: in requests, to which it is compared, null is absence. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
