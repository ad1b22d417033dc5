import type { Clock } from '../../async/clock.ts';
import type { KubeClient, ObjectName } from '../../kube/client.ts';
import { type Informer, startInformer } from '../../kube/informer.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Log } from '../../telemetry/log.ts';

/** Local copies of the collections that the loops look at, one watch each however many loops use it. */
export interface ClusterCache {
  get<T extends KubeObject>(resource: Resource<T>, name: ObjectName): T | undefined;
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): T[];
  /** Calls back for every object that is there, comes, changes (with the state before) or goes. */
  onChange<T extends KubeObject>(resource: Resource<T>, listener: (object: T, before?: T) => void): void;
  /** Begins to follow all collections asked for so far; resolves when each has been read once. */
  start(): Promise<void>;
  /** Resolves after the signal's abort, when nothing runs any more. */
  done(): Promise<void>;
}

export function createClusterCache(ports: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}): ClusterCache {
  type Listener = (object: KubeObject, before?: KubeObject) => void;
  const listeners = new Map<Resource, Listener[]>();
  const informers = new Map<Resource, Informer<KubeObject>>();

  const informerOf = (resource: Resource) => {
    const informer = informers.get(resource);
    if (informer === undefined) throw new Error(`nobody follows ${resource.plural}`);
    return informer;
  };
  const tell = (told: readonly Listener[], object: KubeObject, before?: KubeObject) => {
    for (const listener of told) listener(object, before);
  };
  const follow = (resource: Resource, told: readonly Listener[]) =>
    startInformer<KubeObject>({
      ...ports,
      resource,
      project: (object) => object,
      random: Math.random,
      handlers: {
        add: (object) => tell(told, object),
        update: (object, before) => tell(told, object, before),
        delete: (object) => tell(told, object),
      },
    });

  return {
    // A collection holds what its resource says; the compiler cannot know that of a map of them.
    get: <T extends KubeObject>(resource: Resource<T>, name: ObjectName) =>
      informerOf(resource as Resource).get(name) as T | undefined,
    list: <T extends KubeObject>(resource: Resource<T>, namespace?: string) =>
      [...informerOf(resource as Resource).values()].filter(
        (object) => namespace === undefined || object.metadata.namespace === namespace,
      ) as T[],
    onChange(resource, listener) {
      const known = listeners.get(resource as Resource) ?? [];
      listeners.set(resource as Resource, [...known, listener as Listener]);
    },
    async start() {
      for (const [resource, told] of listeners) informers.set(resource, follow(resource, told));
      await Promise.all([...informers.values()].map((informer) => informer.synced));
    },
    async done() {
      await Promise.all([...informers.values()].map((informer) => informer.done));
    },
  };
}
