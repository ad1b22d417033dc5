import type { Change, ObjectStore } from '../store/object-store.ts';

/** Hands each change to the watches of its resource, from memory. */
export interface WatchHub {
  /** @returns what ends the subscription. */
  subscribe(storedAs: string, listener: (change: Change) => void): () => void;
}

export function createWatchHub(store: Pick<ObjectStore, 'onChange'>): WatchHub {
  const listeners = new Map<string, Set<(change: Change) => void>>();
  store.onChange((change) => {
    for (const listener of listeners.get(change.entry.resource) ?? []) listener(change);
  });
  return {
    subscribe(storedAs, listener) {
      const set = listeners.get(storedAs) ?? new Set();
      listeners.set(storedAs, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}
