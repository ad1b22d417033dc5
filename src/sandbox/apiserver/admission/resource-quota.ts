import type { KubeObject, Pod } from '../../../kube/objects.ts';
import { forbidden } from '../http/status-error.ts';
import type { ResourceQuota } from '../kinds/resource-quota.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { formatQuantity, nanoOf } from '../schema/quantity.ts';
import { type Entry, type ObjectStore, parseEntry } from '../store/object-store.ts';
import { containerResources, type Usage, usageOf } from './quota-usage.ts';

const usages = new WeakMap<Entry, Usage>();

function usageOfEntry(definition: ResourceDefinition, entry: Entry): Usage {
  const known = usages.get(entry) ?? usageOf(definition, parseEntry(entry));
  usages.set(entry, known);
  return known;
}

/**
 * Refuses what would exceed a quota of the namespace. Usage is counted from the objects themselves at this moment, in
 * the same turn of the event loop that stores the object, so two creates at once cannot both pass.
 */
export function admitToQuota(
  store: ObjectStore,
  definition: ResourceDefinition,
  object: KubeObject,
  old: KubeObject | undefined,
): void {
  const namespace = object.metadata.namespace ?? '';
  const quotas = store.list('/resourcequotas', namespace);
  if (quotas.length === 0) return;
  const delta = increase(usageOf(definition, object), old === undefined ? {} : usageOf(definition, old));
  for (const quota of quotas.map((entry) => parseEntry<ResourceQuota>(entry))) {
    const hard = quota.spec?.hard ?? {};
    if (old === undefined) demandResources(definition, object, quota, hard);
    const limited = Object.keys(hard).filter((name) => (delta[name] ?? 0n) > 0n);
    if (limited.length === 0) continue;
    const used = sum(
      store.list(definition.storedAs, namespace).map((entry) => usageOfEntry(definition, entry)),
    );
    const exceeded = limited
      .filter((name) => (used[name] ?? 0n) + (delta[name] ?? 0n) > nanoOf(hard[name]))
      .sort();
    if (exceeded.length === 0) continue;
    const show = (amounts: Usage) =>
      exceeded.map((name) => `${name}=${amount(name, amounts[name] ?? 0n)}`).join(',');
    const limits = exceeded.map((name) => `${name}=${hard[name]}`).join(',');
    throw forbidden(
      definition,
      object.metadata.name ?? '',
      `exceeded quota: ${quota.metadata.name}, requested: ${show(delta)}, used: ${show(used)}, limited: ${limits}`,
    );
  }
}

function increase(wanted: Usage, before: Usage): Usage {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => [name, value - (before[name] ?? 0n)]),
  );
}

function sum(parts: readonly Usage[]): Usage {
  const total: Record<string, bigint> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) total[name] = (total[name] ?? 0n) + value;
  }
  return total;
}

/** Sizes are shown as sizes (48Ti), counts and CPU in decimals. */
function amount(name: string, nano: bigint): string {
  const form = /storage$|memory$/.test(name) ? 'binary' : 'decimal';
  return formatQuantity({ nano, form });
}

/** Where a quota limits CPU or memory, each container has to say how much of it it takes. */
function demandResources(
  definition: ResourceDefinition,
  object: KubeObject,
  quota: ResourceQuota,
  hard: Readonly<Record<string, string>>,
): void {
  if (definition.storedAs !== '/pods') return;
  const compute = Object.keys(hard).filter((name) =>
    /^((requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.test(name),
  );
  const missing = compute.sort().flatMap((name) => {
    const containers = (object as Pod).spec.containers.filter(
      (container) =>
        !containerResources(container as unknown as Record<string, unknown>).some(
          ([given]) => given === name,
        ),
    );
    return containers.length === 0 ? [] : [`${name} for: ${containers.map((one) => one.name).join(',')}`];
  });
  if (missing.length === 0) return;
  throw forbidden(
    definition,
    object.metadata.name ?? '',
    `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`,
  );
}
