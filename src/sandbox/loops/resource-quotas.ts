import type { KubeObject } from '../../kube/objects.ts';
import {
  configMaps,
  deployments,
  persistentVolumeClaims,
  pods,
  type Resource,
  replicaSets,
  resourceQuotas,
  secrets,
  statefulSets,
} from '../../kube/resources.ts';
import { usageOf } from '../apiserver/admission/quota-usage.ts';
import { formatQuantity, parseQuantity } from '../apiserver/schema/quantity.ts';
import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import { writeStatus } from './write-status.ts';

interface ResourceQuota extends KubeObject {
  spec?: { hard?: Record<string, string> };
}

const quotas = resourceQuotas as Resource<ResourceQuota>;
const services: Resource = {
  group: '',
  version: 'v1',
  plural: 'services',
  kind: 'Service',
  namespaced: true,
};
const counted = [
  pods,
  persistentVolumeClaims,
  configMaps,
  secrets,
  services,
  resourceQuotas,
  deployments,
  replicaSets,
  statefulSets,
] as readonly Resource[];

/** `status.used` of quotas. What would exceed one is refused by the API server, which counts for itself. */
export function countQuotas(ports: LoopPorts): Loop {
  const { cache, client } = ports;
  return {
    name: 'resource-quotas',
    triggers: [
      on(quotas, (quota) => [keyOf(quota)]),
      ...counted.map((resource) =>
        on(resource, ({ metadata }) => cache.list(quotas, metadata.namespace ?? '').map(keyOf)),
      ),
    ],
    async reconcile(key) {
      const quota = await getIfThere(client, quotas, nameOf(key));
      if (quota === undefined) return undefined;
      const hard = quota.spec?.hard ?? {};
      const totals = new Map<string, bigint>();
      for (const resource of counted) {
        const { items } = await client.list(resource, { namespace: quota.metadata.namespace ?? '' });
        for (const [name, amount] of items.flatMap((item) => Object.entries(usageOf(resource, item))))
          totals.set(name, (totals.get(name) ?? 0n) + amount);
      }
      const used = Object.fromEntries(
        Object.entries(hard).map(([name, limit]) => [name, inFormOf(limit, totals.get(name) ?? 0n)]),
      );
      await writeStatus(client, quotas, quota, { hard, used });
      return undefined;
    },
  };
}

/** Shown in the unit in which the limit was written. */
function inFormOf(limit: string, nano: bigint): string {
  const form = parseQuantity(limit)?.form;
  return form === undefined ? '0' : formatQuantity({ nano, form });
}
