import type {
  KubeObject,
  ObjectMeta,
  OwnerReference,
  PersistentVolumeClaim,
  Pod,
} from '../../kube/objects.ts';
import { deployments, type Resource, replicaSets, statefulSets } from '../../kube/resources.ts';
import type { LabelSelector } from './label-selector.ts';

export interface PodTemplate {
  readonly metadata?: ObjectMeta;
  readonly spec: Pod['spec'];
}

export interface Workload extends KubeObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
    [field: string]: unknown;
  };
  status?: { replicas?: number; readyReplicas?: number; [field: string]: unknown };
}

export interface Deployment extends Workload {
  spec: Workload['spec'] & { strategy?: { type?: string }; revisionHistoryLimit?: number; paused?: boolean };
}

export interface StatefulSet extends Workload {
  spec: Workload['spec'] & {
    serviceName?: string;
    podManagementPolicy?: 'OrderedReady' | 'Parallel';
    updateStrategy?: { type?: string };
    volumeClaimTemplates?: PersistentVolumeClaim[];
  };
}

/** The contract's resources with the shapes that only the loops need. */
export const replicaSetsOf: Resource<Workload> = replicaSets as Resource<Workload>;
export const deploymentsOf: Resource<Deployment> = deployments as Resource<Deployment>;
export const statefulSetsOf: Resource<StatefulSet> = statefulSets as Resource<StatefulSet>;

export function controllerReference(resource: Resource<never>, owner: KubeObject): OwnerReference {
  return {
    apiVersion: `${resource.group}/${resource.version}`,
    kind: resource.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller);
}

/** Keys of the controller of this kind that an object belongs to: none, or one. */
export function controllerKeys(kind: string, object: KubeObject): readonly string[] {
  const owner = controllerOf(object);
  return owner?.kind === kind ? [`${object.metadata.namespace}/${owner.name}`] : [];
}

export function isReady(pod: Pod): boolean {
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Counts for its owner: neither on its way out nor ended. */
export function isActive(pod: Pod): boolean {
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return !ended && pod.metadata.deletionTimestamp === undefined;
}
