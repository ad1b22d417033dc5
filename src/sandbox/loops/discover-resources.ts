import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { isReason } from './loop.ts';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What a server has in namespaces that can be listed and deleted, custom resources included, by its discovery. */
export async function namespacedResources(client: KubeClient): Promise<Resource<KubeObject>[]> {
  const { groups } = (await client.getPath('/apis')) as {
    groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  };
  const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const found: Resource<KubeObject>[] = [];
  for (const apiVersion of versions) {
    for (const one of await resourcesOf(client, apiVersion)) {
      if (one.namespaced && one.verbs.includes('delete') && one.verbs.includes('list'))
        found.push(toResource(apiVersion, one));
    }
  }
  return found;
}

/** Where the server keeps a kind; undefined where it has none of that name. */
export async function discoverKind(
  client: KubeClient,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): Promise<Resource<KubeObject> | undefined> {
  const all = await resourcesOf(client, apiVersion);
  const found = all.find((one) => one.kind === kind && !one.name.includes('/'));
  return found && toResource(apiVersion, found);
}

/** None where the server does not know the version, as when the last definition of its group was just removed. */
async function resourcesOf(client: KubeClient, apiVersion: string): Promise<readonly ApiResource[]> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { resources } = (await client.getPath(path)) as { resources: readonly ApiResource[] };
    return resources;
  } catch (error) {
    if (isReason(error, 'NotFound')) return [];
    throw error;
  }
}

function toResource(apiVersion: string, { name, kind, namespaced }: ApiResource): Resource<KubeObject> {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, plural: name, kind, namespaced };
}
