import { backoffDelay } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { type KubeClient, KubeConnectionError, KubeError, type ObjectName } from './client.ts';
import { type CollectionScope, listInto, type Store, watchInto } from './follow-collection.ts';
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
/** A server restored from a backup does not know our version and never will, without saying 410. */
const maxRefusals = 5;
const backoff = { initialMs: 800, maxMs: 30_000, jitter: 0.5 };

/**
 * Follows a collection until the signal aborts. It starts with a watch-list stream, one object at a time, and with
 * pages where the server has no such streams (1.30, 1.31 and 1.33 by default; etcd before 3.5.13). A cut stream resumes
 * at the last version seen; only `410 Gone` reads everything again, and then handlers hear of the differences alone.
 */
export function startInformer<T extends KubeObject, P = T>(options: InformerOptions<T, P>): Informer<P> {
  const { resource, signal, log } = options;
  const store = createObjectStore<T, P>(options.project, options.handlers ?? {}, (error) =>
    log.error({ err: error, resource: resource.plural }, 'informer: a handler failed'),
  );
  const synced = Promise.withResolvers<void>();
  // Whoever does not wait for the first list must not crash the process with an unhandled rejection.
  synced.promise.catch(() => {});
  const state: State = { resourceVersion: undefined, hasWatchList: true, failures: 0 };

  const run = async () => {
    while (!signal.aborted) {
      try {
        await followOnce(options, store, state, synced.resolve);
      } catch (error) {
        if (!signal.aborted) await afterError(options, state, error);
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

interface State {
  /** Up to where the store has all changes; undefined before the first list and after `410 Gone`. */
  resourceVersion: string | undefined;
  /** Until the server has said otherwise. */
  hasWatchList: boolean;
  /** In a row. */
  failures: number;
}

/** One watch request, with a list before it where it cannot begin with one. */
async function followOnce<T extends KubeObject, P>(
  options: InformerOptions<T, P>,
  store: Store<T, P>,
  state: State,
  onSynced: () => void,
): Promise<void> {
  const { client, resource, clock, random } = options;
  const scope = scopeOf(options);
  if (state.resourceVersion === undefined && !state.hasWatchList) {
    state.resourceVersion = await listInto(store, client, resource, scope);
    onSynced();
  }
  const { resourceVersion } = state;
  const fromStart = resourceVersion === undefined;
  const events = client.watch(resource, {
    ...scope,
    timeoutSeconds: Math.floor(watchSeconds.least + random() * (watchSeconds.most - watchSeconds.least)),
    ...(fromStart ? { sendInitialEvents: true } : { resourceVersion }),
  });
  const started = clock.now();
  let received = false;
  for await (const version of watchInto(store, events, fromStart)) {
    received = true;
    state.failures = 0;
    if (version === undefined) continue;
    if (state.resourceVersion === undefined) onSynced();
    state.resourceVersion = version;
  }
  if (!received && clock.now() - started < 1000)
    throw new KubeConnectionError('the server ended the watch at once');
}

function scopeOf<T extends KubeObject, P>(options: InformerOptions<T, P>): CollectionScope {
  const { namespace, labelSelector, fieldSelector, signal } = options;
  return {
    signal,
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
}

/** Decides what to do otherwise next time, and waits as long as is decent. */
async function afterError<T extends KubeObject, P>(
  { clock, random, log, resource, signal }: InformerOptions<T, P>,
  state: State,
  error: unknown,
): Promise<void> {
  if (state.resourceVersion === undefined && state.hasWatchList && refusesWatchList(error)) {
    state.hasWatchList = false;
    log.debug({ resource: resource.plural }, 'informer: no watch-list streams here, listing in pages');
    return;
  }
  const expired = error instanceof KubeError && (error.status === 410 || state.failures >= maxRefusals);
  if (expired) state.resourceVersion = undefined;
  else log.warn({ err: error, resource: resource.plural }, 'informer: disconnected, trying again');
  await clock.sleep(backoffDelay(backoff, state.failures++, random), signal).catch(() => {});
}

/**
 * The server cannot stream the initial list: 400 or 422 where the feature is off, an ERROR event of status 500 where its
 * etcd cannot report progress. Other refusals (401, 403, 404, 410, 429) would refuse a list as well.
 */
function refusesWatchList(error: unknown): boolean {
  return error instanceof KubeError && [400, 422, 500].includes(error.status);
}
