import type { ApiEndpoint } from './api-endpoint.ts';
import { get } from './exchange.ts';

const aggregated = { Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly { readonly resource: string }[];
    }[];
  }[];
}

/** What Kubernetes serves and the sandbox does not: group and version → resources. */
export async function unservedResources(servers: {
  readonly kubernetes: ApiEndpoint;
  readonly sandbox: ApiEndpoint;
}): Promise<ReadonlyMap<string, readonly string[]>> {
  const theirs = await servedResources(servers.kubernetes);
  const ours = await servedResources(servers.sandbox);
  const missing = [...theirs].map(([version, resources]) => {
    const served = new Set(ours.get(version));
    return [version, resources.filter((resource) => !served.has(resource))] as const;
  });
  return new Map(missing.filter(([, resources]) => resources.length > 0));
}

async function servedResources(endpoint: ApiEndpoint): Promise<Map<string, readonly string[]>> {
  const lists = await Promise.all(
    ['/api', '/apis'].map((path) => endpoint.send(get(path, path, { headers: aggregated }))),
  );
  const groups = lists.flatMap(({ body }) => (body as Discovery).items);
  return new Map(
    groups.flatMap(({ metadata: { name = '' }, versions }) =>
      versions.map(({ version, resources }) => [
        name === '' ? version : `${name}/${version}`,
        resources.map(({ resource }) => resource).sort(),
      ]),
    ),
  );
}
