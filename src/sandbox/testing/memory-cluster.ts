import { randomUUID } from 'node:crypto';
import {
  type KubeClient,
  KubeError,
  type ObjectName,
  type Patch,
  type WatchEvent,
} from '../../kube/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { matchesSelector } from '../loops/label-selector.ts';

export interface MemoryCluster {
  readonly client: KubeClient;
  /** Puts an object there as it is, with uid and version where it has none. */
  add<T extends KubeObject>(resource: Resource<T>, object: T): T;
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): T | undefined;
  list<T extends KubeObject>(resource: Resource<T>): T[];
}

/** As much of an API server as controllers can tell apart: versions, conflicts, finalizers, graceful pod deletion, watches. */
export function createMemoryCluster(): MemoryCluster {
  const collections = new Map<string, Map<string, KubeObject>>();
  const watchers = new Set<(plural: string, event: WatchEvent<KubeObject>) => void>();
  let version = 1;
  let generated = 0;

  const collection = (resource: Resource) => {
    const found = collections.get(resource.plural) ?? new Map<string, KubeObject>();
    collections.set(resource.plural, found);
    return found;
  };
  const keyOf = (name: { namespace?: string; name?: string }) => `${name.namespace ?? ''}/${name.name}`;
  const find = (resource: Resource, name: ObjectName): KubeObject => {
    const object = collection(resource).get(keyOf(name));
    if (object === undefined)
      throw new KubeError(404, 'NotFound', `${resource.plural} "${name.name}" not found`);
    return object;
  };
  const tell = (resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => {
    for (const watcher of watchers) watcher(resource.plural, { type, object: structuredClone(object) });
  };
  const put = (resource: Resource, object: KubeObject): KubeObject => {
    const key = keyOf(object.metadata);
    const before = collection(resource).get(key);
    object.metadata.resourceVersion = `${++version}`;
    if (before !== undefined && object.metadata.deletionTimestamp !== undefined && mayGo(object)) {
      collection(resource).delete(key);
      tell(resource, 'DELETED', object);
    } else {
      collection(resource).set(key, object);
      tell(resource, before === undefined ? 'ADDED' : 'MODIFIED', object);
    }
    return structuredClone(object);
  };
  const mayGo = ({ metadata }: KubeObject) =>
    (metadata.finalizers ?? []).length === 0 && !metadata.deletionGracePeriodSeconds;
  const checkVersion = (resource: Resource, current: KubeObject, given: string | undefined) => {
    if (given !== undefined && given !== current.metadata.resourceVersion)
      throw new KubeError(409, 'Conflict', `${resource.plural} "${current.metadata.name}" has been modified`);
  };

  const client: KubeClient = {
    get: async <T extends KubeObject>(resource: Resource<T>, name: ObjectName) =>
      structuredClone(find(resource as Resource, name)) as T,
    list: async (resource, options = {}) => ({
      items: structuredClone(
        [...collection(resource as Resource).values()].filter(
          (object) =>
            (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
            matchesSelector(parseLabels(options.labelSelector), object.metadata.labels),
        ),
      ) as never,
      resourceVersion: `${version}`,
      continue: undefined,
    }),
    async create(resource, object, options = {}) {
      if (options.subresource === 'binding') {
        const pod = structuredClone(find(resource as Resource, object.metadata as ObjectName));
        pod.spec = { ...(pod.spec as object), nodeName: (object.target as { name: string }).name };
        return put(resource as Resource, pod) as never;
      }
      const copy = structuredClone<KubeObject>(object);
      if (copy.metadata.generateName !== undefined)
        copy.metadata.name = `${copy.metadata.generateName}${++generated}`;
      if (collection(resource as Resource).has(keyOf(copy.metadata)))
        throw new KubeError(
          409,
          'AlreadyExists',
          `${resource.plural} "${copy.metadata.name}" already exists`,
        );
      copy.metadata.uid = randomUUID();
      return put(resource as Resource, copy) as never;
    },
    async replace(resource, object, options = {}) {
      const current = find(resource as Resource, object.metadata as ObjectName);
      checkVersion(resource as Resource, current, object.metadata.resourceVersion);
      const next = structuredClone<KubeObject>(object);
      // A namespace that is being deleted goes with its last finalizer, which is in its spec.
      if (options.subresource === 'finalize') next.metadata.finalizers = [];
      return put(resource as Resource, next) as never;
    },
    async patch(resource, name, patch: Patch) {
      if (patch.type === 'json' || patch.type === 'apply') throw new Error(`no ${patch.type} patches here`);
      const current = find(resource as Resource, name);
      const { metadata } = patch.body as { metadata?: { resourceVersion?: string } };
      checkVersion(resource as Resource, current, metadata?.resourceVersion);
      return put(resource as Resource, mergePatch(current, patch.body) as KubeObject) as never;
    },
    async delete(resource, name, options = {}) {
      const object = structuredClone(find(resource as Resource, name));
      if (options.preconditions?.uid !== undefined && options.preconditions.uid !== object.metadata.uid)
        throw new KubeError(409, 'Conflict', 'the uid in the precondition does not match');
      const onNode = (object.spec as { nodeName?: string } | undefined)?.nodeName !== undefined;
      const grace = resource.plural === 'pods' && onNode ? (options.gracePeriodSeconds ?? 30) : 0;
      object.metadata.deletionTimestamp ??= new Date().toISOString();
      object.metadata.deletionGracePeriodSeconds = grace;
      put(resource as Resource, object);
    },
    async *watch(resource, options) {
      const queue: WatchEvent<KubeObject>[] = [];
      let wake = () => {};
      const watcher = (plural: string, event: WatchEvent<KubeObject>) => {
        if (plural !== resource.plural) return;
        queue.push(event);
        wake();
      };
      watchers.add(watcher);
      options.signal.addEventListener('abort', () => wake(), { once: true });
      for (const object of collection(resource as Resource).values())
        queue.push({ type: 'ADDED', object: structuredClone(object) });
      queue.push({ type: 'BOOKMARK', resourceVersion: `${version}`, initialEventsEnd: true });
      try {
        while (!options.signal.aborted) {
          for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event as never;
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (queue.length > 0 || options.signal.aborted) resolve();
          });
        }
        throw options.signal.reason;
      } finally {
        watchers.delete(watcher);
      }
    },
    async getPath(path) {
      if (path === '/apis') return { groups: [] };
      if (path === '/apis/example.org/v1')
        return { resources: [{ name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['get'] }] };
      if (path !== '/api/v1') throw new KubeError(404, 'NotFound', `no path ${path}`);
      const resource = (name: string, kind: string) => ({
        name,
        kind,
        namespaced: true,
        verbs: ['list', 'delete'],
      });
      return { resources: [resource('configmaps', 'ConfigMap'), resource('pods', 'Pod')] };
    },
  };

  return {
    client,
    add: (resource, object) => {
      const copy = structuredClone<KubeObject>(object);
      copy.metadata.uid ??= randomUUID();
      return put(resource as Resource, copy) as never;
    },
    get: <T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string) =>
      structuredClone(
        collection(resource as Resource).get(keyOf({ name, ...(namespace !== undefined && { namespace }) })),
      ) as T | undefined,
    list: <T extends KubeObject>(resource: Resource<T>) =>
      structuredClone([...collection(resource as Resource).values()]) as T[],
  };
}

function parseLabels(selector: string | undefined) {
  if (selector === undefined) return undefined;
  return {
    matchLabels: Object.fromEntries(selector.split(',').map((pair) => pair.split('=') as [string, string])),
  };
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return structuredClone(patch);
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target)
      ? structuredClone({ ...target })
      : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
