import type { ListOptions, ObjectName, WatchOptions, WriteOptions } from './client.ts';
import type { KubeObject } from './objects.ts';
import type { Resource } from './resources.ts';

/** `/api/v1/namespaces/ns/pods` or `/apis/group/version/plural`; all namespaces where none is given. */
export function collectionPath<T extends KubeObject>(resource: Resource<T>, namespace?: string): string {
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
  const scope =
    resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}/${resource.version}${scope}/${resource.plural}`;
}

/** @throws TypeError when the namespace is missing or not wanted, or the name is empty: it would name a collection. */
export function objectPath<T extends KubeObject>(
  resource: Resource<T>,
  name: ObjectName,
  subresource?: WriteOptions['subresource'],
): string {
  if (name.name === '') throw new TypeError(`${resource.kind} without a name`);
  if (resource.namespaced !== (name.namespace !== undefined && name.namespace !== ''))
    throw new TypeError(
      `${resource.kind} "${name.name}" ${resource.namespaced ? 'needs a' : 'has no'} namespace`,
    );
  const path = `${collectionPath(resource, name.namespace)}/${encodeURIComponent(name.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

export function listQuery(options: ListOptions): URLSearchParams {
  return query({
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: options.limit,
    continue: options.continue,
    resourceVersion: options.resourceVersion,
  });
}

export function watchQuery(options: WatchOptions): URLSearchParams {
  return query({
    watch: true,
    allowWatchBookmarks: true,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.sendInitialEvents && { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }),
  });
}

function query(values: Record<string, string | number | boolean | undefined>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    if (value !== undefined && value !== '') params.set(key, String(value));
  return params;
}
