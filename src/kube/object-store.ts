import type { ObjectName } from './client.ts';
import type { KubeObject } from './objects.ts';

export interface StoreHandlers<P> {
  add?(object: P): void;
  update?(object: P, before: P): void;
  /** Gets the last state seen, which may be older than the one that was deleted. */
  delete?(object: P): void;
}

interface Entry<P> {
  readonly resourceVersion: string | undefined;
  readonly object: P;
}

/** Projected objects by name, telling handlers what changes. */
export function createObjectStore<T extends KubeObject, P>(
  project: (object: T) => P,
  handlers: StoreHandlers<P>,
  onHandlerError: (error: unknown) => void,
) {
  let entries = new Map<string, Entry<P>>();

  const tell = (handler: () => void) => {
    try {
      handler();
    } catch (error) {
      onHandlerError(error);
    }
  };
  const toEntry = (object: T): Entry<P> => ({
    resourceVersion: object.metadata.resourceVersion,
    object: project(object),
  });
  const tellChange = (before: Entry<P> | undefined, after: Entry<P>) => {
    if (before === undefined) tell(() => handlers.add?.(after.object));
    else if (before.resourceVersion !== after.resourceVersion || after.resourceVersion === undefined)
      tell(() => handlers.update?.(after.object, before.object));
  };

  return {
    get: (name: ObjectName): P | undefined => entries.get(keyOf(name))?.object,
    *values(): IterableIterator<P> {
      for (const entry of entries.values()) yield entry.object;
    },
    size: (): number => entries.size,

    put(object: T): void {
      const key = keyOf(object.metadata);
      const before = entries.get(key);
      const after = toEntry(object);
      entries.set(key, after);
      tellChange(before, after);
    },

    remove(object: T): void {
      const key = keyOf(object.metadata);
      const before = entries.get(key);
      entries.delete(key);
      if (before !== undefined) tell(() => handlers.delete?.(before.object));
    },

    /** Collects a whole new content beside the present one; until `commit` nothing is visible. */
    startReplacement() {
      const next = new Map<string, Entry<P>>();
      return {
        add: (object: T): void => void next.set(keyOf(object.metadata), toEntry(object)),
        remove: (object: T): void => void next.delete(keyOf(object.metadata)),
        commit(): void {
          const previous = entries;
          entries = next;
          for (const [key, entry] of previous)
            if (!next.has(key)) tell(() => handlers.delete?.(entry.object));
          for (const [key, entry] of next) tellChange(previous.get(key), entry);
        },
      };
    },
  };
}

function keyOf(name: { readonly namespace?: string; readonly name?: string }): string {
  return `${name.namespace ?? ''}/${name.name ?? ''}`;
}
