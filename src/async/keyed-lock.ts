/** Locks on names that never wait: whoever comes second is told so at once. */
export interface KeyedLock {
  /** Takes all keys or none. Returns how to give them back (once; more often does nothing), or the first key that is taken. */
  tryAcquire(keys: readonly string[]): { readonly release: () => void } | { readonly busy: string };
}

export function createKeyedLock(): KeyedLock {
  const held = new Set<string>();
  return {
    tryAcquire(keys) {
      const busy = keys.find((key) => held.has(key));
      if (busy !== undefined) return { busy };
      const taken = new Set(keys);
      for (const key of taken) held.add(key);
      return {
        release: () => {
          for (const key of taken) held.delete(key);
          taken.clear();
        },
      };
    },
  };
}
