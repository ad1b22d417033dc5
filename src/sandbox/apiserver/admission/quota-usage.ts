import type { KubeObject, PersistentVolumeClaim, Pod } from '../../../kube/objects.ts';
import type { Service } from '../kinds/service.ts';
import { qualifiedResource, type ResourceDefinition } from '../resources/resource-definition.ts';
import { nanoOf } from '../schema/quantity.ts';

/** What an object takes of a namespace's quota: quota resource → amount in 10⁻⁹. */
export type Usage = Readonly<Record<string, bigint>>;

const ONE = 1_000_000_000n;

/** Kinds that quotas name without `count/`. */
const namedKinds = new Set(['configmaps', 'persistentvolumeclaims', 'resourcequotas', 'secrets', 'services']);

export function usageOf(definition: Pick<ResourceDefinition, 'group' | 'plural'>, object: KubeObject): Usage {
  const { group, plural } = definition;
  const counted: Record<string, bigint> = { [`count/${qualifiedResource(definition)}`]: ONE };
  if (group !== '') return counted;
  if (namedKinds.has(plural)) counted[plural] = ONE;
  if (plural === 'pods') return { ...counted, ...podUsage(object as Pod) };
  if (plural === 'persistentvolumeclaims')
    return { ...counted, ...claimUsage(object as PersistentVolumeClaim) };
  if (plural === 'services') return { ...counted, ...serviceUsage(object as Service) };
  return counted;
}

function claimUsage({ spec, metadata }: PersistentVolumeClaim): Usage {
  const size = nanoOf(spec.resources?.requests?.storage);
  const className =
    spec.storageClassName ?? metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? '';
  if (className === '') return { 'requests.storage': size };
  const prefix = `${className}.storageclass.storage.k8s.io`;
  return {
    'requests.storage': size,
    [`${prefix}/persistentvolumeclaims`]: ONE,
    [`${prefix}/requests.storage`]: size,
  };
}

function serviceUsage({ spec }: Service): Usage {
  const ports = BigInt(spec.ports?.length ?? 0) * ONE;
  return {
    'services.loadbalancers': spec.type === 'LoadBalancer' ? ONE : 0n,
    'services.nodeports': spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? ports : 0n,
  };
}

/** A pod that has ended takes nothing but its place in `count/pods`. */
function podUsage(pod: Pod): Usage {
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return {};
  const usage: Record<string, bigint> = { pods: ONE };
  for (const container of pod.spec.containers) {
    for (const [name, amount] of containerResources(container)) usage[name] = (usage[name] ?? 0n) + amount;
  }
  return usage;
}

const requestsNamedPlain = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** `requests.cpu`, also named plain `cpu`, and `limits.cpu` of one container. */
export function containerResources(container: Record<string, unknown>): [string, bigint][] {
  const { requests = {}, limits = {} } = (container.resources ?? {}) as Record<
    'requests' | 'limits',
    Record<string, string> | undefined
  >;
  return [
    ...Object.entries(requests).flatMap(([name, amount]): [string, bigint][] => [
      [`requests.${name}`, nanoOf(amount)],
      ...(requestsNamedPlain.has(name) ? [[name, nanoOf(amount)] as [string, bigint]] : []),
    ]),
    ...Object.entries(limits).map(([name, amount]): [string, bigint] => [`limits.${name}`, nanoOf(amount)]),
  ];
}
