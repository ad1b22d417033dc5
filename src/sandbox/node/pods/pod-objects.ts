import type { Container, Pod } from '../../../kube/objects.ts';

/** The fields of containers and pods that only the node reads; the API server has checked their form. */
export interface NodeContainer extends Container {
  readonly restartPolicy?: 'Always';
  readonly envFrom?: readonly EnvFrom[];
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: (NonNullable<Container['volumeMounts']>[number] & {
    readonly subPathExpr?: string;
  })[];
}

export interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name: string; readonly optional?: boolean };
}

export interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly fsGroup?: number;
  readonly privileged?: boolean;
}

export interface ValueFrom {
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: { readonly resource: string };
  readonly configMapKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
  readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
}

export function containersOf(pod: Pod): readonly NodeContainer[] {
  return pod.spec.containers as readonly NodeContainer[];
}

export function initContainersOf(pod: Pod): readonly NodeContainer[] {
  return (pod.spec.initContainers ?? []) as readonly NodeContainer[];
}

/** An init container that keeps running beside the others. */
export function isSidecar(container: NodeContainer): boolean {
  return container.restartPolicy === 'Always';
}

export function securityOf(pod: Pod): SecurityContext {
  return (pod.spec.securityContext ?? {}) as SecurityContext;
}

export function podKey(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}
