import { EventEmitter, on } from 'node:events';
import { type KubeClient, KubeError, type ObjectName, type Patch, type WatchEvent } from '../client.ts';
import { mergePatch } from '../merge-patch.ts';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';

/** What a request was, for tests that count writes or make some fail. */
export interface FakeRequest {
  readonly verb: 'get' | 'list' | 'create' | 'replace' | 'patch' | 'delete';
  readonly resource: string;
  readonly name: string;
  readonly body?: unknown;
}

export interface FakeCluster {
  readonly client: KubeClient;
  /** Writes that reached the cluster, in order. */
  readonly writes: readonly FakeRequest[];
  /** Puts an object there as another client would. */
  put<T extends KubeObject>(resource: Resource<T>, object: T): T;
  /** Deletes an object as another client would. */
  remove(resource: Resource, name: ObjectName): void;
  find<T extends KubeObject>(resource: Resource<T>, name: ObjectName): T | undefined;
  all<T extends KubeObject>(resource: Resource<T>): T[];
  /** Throw from `before` and the request never arrives; from `after` and only its answer is lost. */
  intercept: { before?(request: FakeRequest): void; after?(request: FakeRequest): void };
  /** Resolves when `condition` holds, asked again after every write. */
  until(condition: () => boolean): Promise<void>;
}

/**
 * An API server without HTTP: optimistic concurrency, finalizers, uid and version preconditions, watches. It validates
 * nothing and knows no defaults.
 */
export function createFakeCluster(): FakeCluster {
  const objects = new Map<string, KubeObject>();
  const history: {
    version: number;
    resource: string;
    type: 'ADDED' | 'MODIFIED' | 'DELETED';
    object: KubeObject;
  }[] = [];
  const changed = new EventEmitter().setMaxListeners(0);
  const writes: FakeRequest[] = [];
  const intercept: FakeCluster['intercept'] = {};
  let version = 0;
  let uids = 0;

  const keyOf = (resource: Resource, name: ObjectName) =>
    `${resource.plural}/${resource.namespaced ? name.namespace : ''}/${name.name}`;

  const publish = (resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => {
    object.metadata.resourceVersion = `${++version}`;
    history.push({ version, resource: resource.plural, type, object: structuredClone(object) });
    changed.emit('change');
  };

  const existing = (resource: Resource, name: ObjectName): KubeObject => {
    const object = objects.get(keyOf(resource, name));
    if (object === undefined)
      throw new KubeError(404, 'NotFound', `${resource.plural} "${name.name}" not found`);
    return object;
  };

  const store = (resource: Resource, object: KubeObject): KubeObject => {
    const name = { namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' };
    const key = keyOf(resource, name);
    const before = objects.get(key);
    const stored = structuredClone(object);
    stored.metadata.uid ??= `uid-${++uids}`;
    if (stored.metadata.deletionTimestamp && !stored.metadata.finalizers?.length) {
      objects.delete(key);
      publish(resource, 'DELETED', stored);
      return structuredClone(stored);
    }
    objects.set(key, stored);
    publish(resource, before === undefined ? 'ADDED' : 'MODIFIED', stored);
    return structuredClone(stored);
  };

  const update = (resource: Resource, name: ObjectName, next: (before: KubeObject) => KubeObject) => {
    const before = existing(resource, name);
    const after = next(structuredClone(before));
    const expected = after.metadata.resourceVersion;
    if (expected !== undefined && expected !== before.metadata.resourceVersion)
      throw new KubeError(409, 'Conflict', `${name.name}: the object has been modified`);
    return store(resource, after);
  };

  const remove = (resource: Resource, name: ObjectName, uid: string | undefined) => {
    const object = existing(resource, name);
    if (uid !== undefined && uid !== object.metadata.uid)
      throw new KubeError(409, 'Conflict', `${name.name}: the uid differs`);
    if (object.metadata.deletionTimestamp) return;
    object.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    store(resource, object);
  };

  /** One request on its way there and back. Answers come later than the call, as over a network. */
  const request = async <T>(what: FakeRequest, serve: () => unknown): Promise<T> => {
    intercept.before?.(what);
    await Promise.resolve();
    if (what.verb !== 'get' && what.verb !== 'list') writes.push(what);
    const answer = serve() as T;
    intercept.after?.(what);
    return answer;
  };

  const items = (resource: Resource) =>
    [...objects].filter(([key]) => key.startsWith(`${resource.plural}/`)).map(([, object]) => object);

  const create = (resource: Resource, object: KubeObject) => {
    const key = keyOf(resource, {
      name: object.metadata.name ?? '',
      namespace: object.metadata.namespace ?? '',
    });
    if (objects.has(key)) throw new KubeError(409, 'AlreadyExists', `${key} already exists`);
    return store(resource, object);
  };

  const client: KubeClient = {
    get: (resource, name) =>
      request({ verb: 'get', resource: resource.plural, name: name.name }, () =>
        structuredClone(existing(resource, name)),
      ),
    list: (resource) =>
      request({ verb: 'list', resource: resource.plural, name: '' }, () => ({
        items: structuredClone(items(resource)),
        resourceVersion: `${version}`,
        continue: undefined,
      })),
    create: (resource, object) =>
      request(
        { verb: 'create', resource: resource.plural, name: object.metadata.name ?? '', body: object },
        () => create(resource, object),
      ),
    replace: (resource, object) => {
      const name = { namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' };
      return request({ verb: 'replace', resource: resource.plural, name: name.name, body: object }, () =>
        update(resource, name, () => object),
      );
    },
    patch: (resource, name, patch) =>
      request({ verb: 'patch', resource: resource.plural, name: name.name, body: patch.body }, () =>
        update(resource, name, (before) => apply(patch, before)),
      ),
    delete: (resource, name, options) =>
      request(
        { verb: 'delete', resource: resource.plural, name: name.name, body: options?.preconditions },
        () => remove(resource, name, options?.preconditions?.uid),
      ),
    async *watch<T extends KubeObject>(
      resource: Resource<T>,
      options: Parameters<KubeClient['watch']>[1],
    ): AsyncGenerator<WatchEvent<T>> {
      let seen = Number(options.resourceVersion ?? version);
      if (options.sendInitialEvents) {
        const initial = structuredClone(items(resource));
        for (const object of initial) yield { type: 'ADDED', object: object as T };
        yield { type: 'BOOKMARK', resourceVersion: `${seen}`, initialEventsEnd: true };
      }
      const changes = on(changed, 'change', { signal: options.signal });
      do {
        for (const event of history.filter((past) => past.version > seen)) {
          seen = event.version;
          if (event.resource === resource.plural)
            yield { type: event.type, object: structuredClone(event.object) as T };
        }
      } while (!(await changes.next()).done);
    },
    getPath: () => Promise.resolve({ gitVersion: 'v0.0.0-fake' }),
  };

  return {
    client,
    writes,
    intercept,
    put: <T extends KubeObject>(resource: Resource<T>, object: T) => store(resource, object) as T,
    remove: (resource, name) => remove(resource, name, undefined),
    find: <T extends KubeObject>(resource: Resource<T>, name: ObjectName) =>
      structuredClone(objects.get(keyOf(resource, name))) as T | undefined,
    all: <T extends KubeObject>(resource: Resource<T>) => structuredClone(items(resource)) as T[],
    async until(condition) {
      while (!condition()) await new Promise((resolve) => changed.once('change', resolve));
    },
  };
}

function apply(patch: Patch, object: KubeObject): KubeObject {
  if (patch.type === 'json') throw new KubeError(415, 'UnsupportedMediaType', 'json patches are not faked');
  return mergePatch(object, patch.body) as KubeObject;
}
