import { backoffDelay } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { type KubeClient, KubeConnectionError, KubeError, type ObjectName } from './client.ts';
import { createObjectStore, type StoreHandlers } from './object-store.ts';
import type { KubeObject } from './objects.ts';
import type { Resource } from './resources.ts';

export interface InformerOptions<T extends KubeObject, P> {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** What is kept of each object. Keep little: it is what the informer's memory consists of. */
  readonly project: (object: T) => P;
  /** Called in order of the server's events. One that throws is logged and does not stop the informer. */
  readonly handlers?: StoreHandlers<P>;
  readonly clock: Clock;
  /** In [0, 1); spreads the reconnections of many clients. */
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A local copy of a collection that follows the server. It may be behind, never ahead. */
export interface Informer<P> {
  /** Resolves once the whole collection has been read; rejects only with the signal's reason. */
  readonly synced: Promise<void>;
  get(name: ObjectName): P | undefined;
  values(): IterableIterator<P>;
  readonly size: number;
  /** Resolves after the signal's abort, when nothing runs any more. */
  readonly done: Promise<void>;
}

/** client-go's range for one watch request; the server ends it, and the next resumes. */
const watchSeconds = { least: 300, most: 600 };
const pageSize = 500;
/** A server restored from a backup does not know our version and never will, without saying 410. */
const maxRefusals = 5;
const backoff = { initialMs: 800, maxMs: 30_000, jitter: 0.5 };

/**
 * Follows a collection until the signal aborts. It starts with a watch-list stream, one object at a time, and with
 * pages where the server has no such streams (1.30, 1.31 and 1.33 by default; etcd before 3.5.13). A cut stream resumes
 * at the last version seen; only `410 Gone` reads everything again, and then handlers hear of the differences alone.
 */
export function startInformer<T extends KubeObject, P = T>(options: InformerOptions<T, P>): Informer<P> {
  const { client, resource, signal, clock, log } = options;
  const scope = {
    ...(options.namespace !== undefined && { namespace: options.namespace }),
    ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
  };
  const store = createObjectStore<T, P>(options.project, options.handlers ?? {}, (error) =>
    log.error({ err: error, resource: resource.plural }, 'informer: a handler failed'),
  );
  const synced = Promise.withResolvers<void>();
  // Whoever does not wait for the first list must not crash the process with an unhandled rejection.
  synced.promise.catch(() => {});
  let resourceVersion: string | undefined;
  let hasWatchList = true;
  let failures = 0;

  const timeoutSeconds = () =>
    Math.floor(watchSeconds.least + options.random() * (watchSeconds.most - watchSeconds.least));

  const listInPages = async () => {
    const replacement = store.startReplacement();
    let page: string | undefined;
    do {
      const list = await client.list(resource, {
        ...scope,
        limit: pageSize,
        signal,
        ...(page !== undefined && { continue: page }),
      });
      for (const object of list.items) replacement.add(object);
      page = list.continue;
      resourceVersion = list.resourceVersion;
    } while (page !== undefined);
    replacement.commit();
    synced.resolve();
  };

  /** One watch request. Without a version it begins with the whole collection. */
  const watchOnce = async () => {
    let replacement = resourceVersion === undefined ? store.startReplacement() : undefined;
    const events = client.watch(resource, {
      ...scope,
      signal,
      timeoutSeconds: timeoutSeconds(),
      ...(resourceVersion === undefined ? { sendInitialEvents: true } : { resourceVersion }),
    });
    const started = clock.now();
    let received = false;
    for await (const event of events) {
      received = true;
      failures = 0;
      if (event.type === 'BOOKMARK') {
        if (replacement === undefined || event.initialEventsEnd) resourceVersion = event.resourceVersion;
        if (replacement === undefined || !event.initialEventsEnd) continue;
        replacement.commit();
        replacement = undefined;
        synced.resolve();
      } else if (replacement !== undefined) {
        if (event.type === 'DELETED') replacement.remove(event.object);
        else replacement.add(event.object);
      } else {
        if (event.type === 'DELETED') store.remove(event.object);
        else store.put(event.object);
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
      }
    }
    if (!received && clock.now() - started < 1000)
      throw new KubeConnectionError('the server ended the watch at once');
  };

  const onError = async (error: unknown) => {
    if (resourceVersion === undefined && hasWatchList && refusesWatchList(error)) {
      hasWatchList = false;
      log.debug({ resource: resource.plural }, 'informer: no watch-list streams here, listing in pages');
      return;
    }
    const expired = error instanceof KubeError && (error.status === 410 || failures >= maxRefusals);
    if (expired) resourceVersion = undefined;
    else log.warn({ err: error, resource: resource.plural }, 'informer: disconnected, trying again');
    await clock.sleep(backoffDelay(backoff, failures++, options.random), signal).catch(() => {});
  };

  const run = async () => {
    while (!signal.aborted) {
      try {
        if (resourceVersion === undefined && !hasWatchList) await listInPages();
        await watchOnce();
      } catch (error) {
        if (!signal.aborted) await onError(error);
      }
    }
    synced.reject(signal.reason);
  };

  const done = run();
  return {
    synced: synced.promise,
    done,
    get: store.get,
    values: store.values,
    get size() {
      return store.size();
    },
  };
}

/**
 * The server cannot stream the initial list: 400 or 422 where the feature is off, an ERROR event of status 500 where its
 * etcd cannot report progress. Other refusals (401, 403, 404, 410, 429) would refuse a list as well.
 */
function refusesWatchList(error: unknown): boolean {
  return error instanceof KubeError && [400, 422, 500].includes(error.status);
}
