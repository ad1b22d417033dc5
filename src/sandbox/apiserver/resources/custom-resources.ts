import type { CustomResourceDefinition, CustomResourceVersion } from '../kinds/custom-resource-definition.ts';
import type { CustomVersion, ResourceDefinition, Subresource } from './resource-definition.ts';

/** The resource that a CustomResourceDefinition adds; undefined while it serves no version. */
export function resourceOfDefinition({ spec }: CustomResourceDefinition): ResourceDefinition | undefined {
  const served = spec.versions.filter(({ served = true }) => served).sort(byPriority);
  if (served.length === 0) return undefined;
  const hasStatus = served.some(({ subresources }) => subresources?.status !== undefined);
  const hasScale = served.some(({ subresources }) => subresources?.scale !== undefined);
  const subresources: Subresource[] = [
    ...(hasStatus ? ['status' as const] : []),
    ...(hasScale ? ['scale' as const] : []),
  ];
  return {
    group: spec.group,
    versions: served.map(({ name }) => name),
    plural: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    kind: spec.names.kind,
    listKind: spec.names.listKind ?? `${spec.names.kind}List`,
    shortNames: spec.names.shortNames ?? [],
    categories: spec.names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    subresources,
    type: undefined,
    generation: 'all-but-status',
    unconditionalUpdate: false,
    storedAs: `${spec.group}/${spec.names.plural}`,
    timeToLiveMs: undefined,
    custom: new Map(served.map((version) => [version.name, customVersion(version)])),
  };
}

function customVersion(version: CustomResourceVersion): CustomVersion {
  return {
    schema: version.schema?.openAPIV3Schema,
    columns: version.additionalPrinterColumns ?? [],
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    scale: version.subresources?.scale,
  };
}

/** Kubernetes' order of versions: v2 before v1, both before v1beta1, that before v1alpha1, the rest by name. */
function byPriority({ name: a }: CustomResourceVersion, { name: b }: CustomResourceVersion): number {
  const [left, right] = [priority(a), priority(b)];
  const index = left.findIndex((part, position) => part !== right[position]);
  return index < 0 ? a.localeCompare(b) : (right[index] ?? 0) - (left[index] ?? 0);
}

function priority(version: string): readonly number[] {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [-1];
  return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor ?? 0)];
}
