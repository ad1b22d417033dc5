import type { Answer, ApiRequest } from '../requests/api-request.ts';
import { apiVersionOf } from '../resources/resource-definition.ts';
import type { ServerState } from '../server-state.ts';
import { type ServedGroup, type ServedResource, type ServedVersion, servedGroups } from './served-groups.ts';

const aggregatedType = (version: string) =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

/** `/api`, `/apis`, `/api/v1`, `/apis/GROUP`, `/apis/GROUP/VERSION`; undefined for any other path. */
export function answerDiscovery(state: ServerState, { path, headers }: ApiRequest): Answer | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length > 3 || (parts[0] !== 'api' && parts[0] !== 'apis')) return undefined;
  const groups = servedGroups(state.registry);
  const core = parts[0] === 'api';
  if (parts.length === 1) {
    const chosen = groups.filter(({ name }) => (name === '') === core);
    const version = aggregatedVersion(headers.accept);
    if (version !== undefined)
      return { ...answer(aggregated(chosen, version)), contentType: aggregatedType(version) };
    return answer(
      core ? coreVersions : { kind: 'APIGroupList', apiVersion: 'v1', groups: chosen.map(groupEntry) },
    );
  }
  const group = groups.find(({ name }) => name === (core ? '' : parts[1]));
  const version = group?.versions.find((one) => one.version === parts[core ? 1 : 2]);
  if (group !== undefined && version !== undefined) return answer(resourceList(group, version));
  return !core && parts.length === 2 && group !== undefined
    ? answer({ kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) })
    : undefined;
}

function answer(body: object): Answer {
  return { code: 200, json: JSON.stringify(body) };
}

function aggregatedVersion(accept = ''): 'v2' | 'v2beta1' | undefined {
  return (['v2', 'v2beta1'] as const).find((version) =>
    accept
      .split(',')
      .some((one) => one.includes('as=APIGroupDiscoveryList') && one.split(';').includes(`v=${version}`)),
  );
}

const coreVersions = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
};

function groupEntry({ name, versions }: ServedGroup): object {
  const list = versions.map(({ version }) => ({ groupVersion: apiVersionOf(name, version), version }));
  return { name, versions: list, preferredVersion: list[0] };
}

function resourceList({ name }: ServedGroup, { version, resources }: ServedVersion): object {
  return {
    kind: 'APIResourceList',
    // Kubernetes forgets it in the core group.
    ...(name === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(name, version),
    resources: resources.map((resource) => ({
      name: resource.name,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      ...resource.kindGroupVersion,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
      ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    })),
  };
}

function aggregated(groups: readonly ServedGroup[], apiVersion: string): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version, resources }) => ({
        version,
        freshness: 'Current',
        resources: resources
          .filter((resource) => !resource.name.includes('/'))
          .map((resource) => aggregatedResource(resource, resources)),
      })),
    })),
  };
}

function aggregatedResource(resource: ServedResource, all: readonly ServedResource[]): object {
  // Empty where it is the group and version of the list.
  const responseKind = ({ kind, kindGroupVersion }: ServedResource) => ({
    group: '',
    version: '',
    ...kindGroupVersion,
    kind,
  });
  const prefix = `${resource.name}/`;
  const subresources = all
    .filter(({ name }) => name.startsWith(prefix))
    .map((one) => ({
      subresource: one.name.slice(prefix.length),
      responseKind: responseKind(one),
      verbs: one.verbs,
    }));
  return {
    resource: resource.name,
    responseKind: responseKind(resource),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}
