import { reviews } from '../requests/reviews.ts';
import type { ResourceRegistry } from '../resources/registry.ts';
import type { ResourceDefinition, Subresource } from '../resources/resource-definition.ts';

/** One resource or subresource as discovery lists it. */
export interface ServedResource {
  /** `pods` or `pods/log`. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  /** Where the kind is not of the resource's own group and version. */
  readonly kindGroupVersion: { readonly group: string; readonly version: string } | undefined;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

export interface ServedVersion {
  readonly version: string;
  readonly resources: readonly ServedResource[];
}

export interface ServedGroup {
  /** '' is the core group. */
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly ServedVersion[];
}

const subresourceVerbs: Readonly<Record<Subresource, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  log: ['get'],
  exec: ['create', 'get'],
  binding: ['create'],
  finalize: ['update'],
};

/** Every group, version and resource at this moment. */
export function servedGroups(registry: ResourceRegistry): readonly ServedGroup[] {
  const groups = new Map<string, Map<string, ServedResource[]>>();
  const add = (group: string, version: string, resources: readonly ServedResource[]) => {
    const versions = groups.get(group) ?? new Map<string, ServedResource[]>();
    groups.set(group, versions.set(version, [...(versions.get(version) ?? []), ...resources]));
  };
  for (const definition of registry.all()) {
    for (const version of definition.versions) add(definition.group, version, servedResources(definition));
  }
  for (const { group, plural, kind } of reviews) {
    const names = { name: plural, singular: kind.toLowerCase(), kind, kindGroupVersion: undefined };
    add(group, 'v1', [{ ...names, namespaced: false, verbs: ['create'], shortNames: [], categories: [] }]);
  }
  return [...groups].map(([name, versions]) => ({
    name,
    versions: [...versions].map(([version, resources]) => ({ version, resources })),
  }));
}

function servedResources(definition: ResourceDefinition): ServedResource[] {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories } = definition;
  return [
    { name: plural, singular, kind, kindGroupVersion: undefined, namespaced, verbs, shortNames, categories },
    ...definition.subresources.map((subresource) => ({
      name: `${plural}/${subresource}`,
      singular: '',
      ...subresourceKind(subresource, kind),
      namespaced,
      verbs: subresourceVerbs[subresource],
      shortNames: [],
      categories: [],
    })),
  ];
}

function subresourceKind(
  subresource: Subresource,
  kind: string,
): Pick<ServedResource, 'kind' | 'kindGroupVersion'> {
  switch (subresource) {
    case 'scale':
      return { kind: 'Scale', kindGroupVersion: { group: 'autoscaling', version: 'v1' } };
    case 'exec':
      return { kind: 'PodExecOptions', kindGroupVersion: undefined };
    case 'binding':
      return { kind: 'Binding', kindGroupVersion: undefined };
    default:
      return { kind, kindGroupVersion: undefined };
  }
}
