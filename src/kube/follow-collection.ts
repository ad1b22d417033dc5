import type { KubeClient, WatchEvent } from './client.ts';
import type { createObjectStore } from './object-store.ts';
import type { KubeObject } from './objects.ts';
import type { Resource } from './resources.ts';

export type Store<T extends KubeObject, P> = ReturnType<typeof createObjectStore<T, P>>;

/** Which objects, and until when. */
export interface CollectionScope {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal: AbortSignal;
}

const pageSize = 500;

/** Reads the whole collection page by page into the store and returns its version. */
export async function listInto<T extends KubeObject, P>(
  store: Store<T, P>,
  client: KubeClient,
  resource: Resource<T>,
  scope: CollectionScope,
): Promise<string> {
  const replacement = store.startReplacement();
  let page: string | undefined;
  for (;;) {
    const list = await client.list(resource, {
      ...scope,
      limit: pageSize,
      ...(page !== undefined && { continue: page }),
    });
    for (const object of list.items) replacement.add(object);
    if (list.continue === undefined) {
      replacement.commit();
      return list.resourceVersion;
    }
    page = list.continue;
  }
}

/**
 * Brings the events of one watch into the store. With `fromStart` they begin with the whole collection, which stays
 * invisible until its last object has come.
 *
 * @returns an iterable of the versions up to which the store has all changes, for a later watch to resume from.
 */
export async function* watchInto<T extends KubeObject, P>(
  store: Store<T, P>,
  events: AsyncIterable<WatchEvent<T>>,
  fromStart: boolean,
): AsyncGenerator<string | undefined> {
  let replacement = fromStart ? store.startReplacement() : undefined;
  for await (const event of events) {
    if (event.type === 'BOOKMARK') {
      if (replacement !== undefined && !event.initialEventsEnd) continue;
      replacement?.commit();
      replacement = undefined;
      yield event.resourceVersion;
    } else if (replacement !== undefined) {
      if (event.type === 'DELETED') replacement.remove(event.object);
      else replacement.add(event.object);
      yield undefined;
    } else {
      if (event.type === 'DELETED') store.remove(event.object);
      else store.put(event.object);
      yield event.object.metadata.resourceVersion;
    }
  }
}
