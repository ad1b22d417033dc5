import type { Entry } from './object-store.ts';

/** The objects of one resource in memory: by namespace and name, and by the value of some fields. */
export interface ResourceTable {
  get(namespace: string, name: string): Entry | undefined;
  set(entry: Entry): void;
  delete(entry: Entry): void;
  list(namespace: string | undefined): Entry[];
  lookup(field: string, value: string): Iterable<Entry> | undefined;
  /** Those last written before `writtenMs`, and those beyond the newest `most`. */
  oldest(writtenMs: number, most: number): Entry[];
}

export function createResourceTable(indexed: readonly string[]): ResourceTable {
  const namespaces = new Map<string, Map<string, Entry>>();
  const indexes = new Map(indexed.map((field) => [field, new Map<string, Set<Entry>>()]));
  /** Names in order, per namespace, and the namespaces in order under undefined; dropped when a name comes or goes. */
  const sorted = new Map<string | undefined, readonly string[]>();
  let size = 0;

  const get = (namespace: string, name: string) => namespaces.get(namespace)?.get(name);
  const unindex = (entry: Entry) => {
    for (const [field, index] of indexes) {
      const set = index.get(entry.fields[field] ?? '');
      set?.delete(entry);
      if (set?.size === 0) index.delete(entry.fields[field] ?? '');
    }
  };
  const inOrder = (key: string | undefined, names: () => Iterable<string>): readonly string[] => {
    const known = sorted.get(key) ?? [...names()].sort();
    sorted.set(key, known);
    return known;
  };
  const listOne = (namespace: string): Entry[] => {
    const entries = namespaces.get(namespace);
    if (entries === undefined) return [];
    return inOrder(namespace, () => entries.keys()).flatMap((name) => entries.get(name) ?? []);
  };

  return {
    get,
    set(entry) {
      const previous = get(entry.namespace, entry.name);
      if (previous === undefined) {
        size++;
        sorted.delete(entry.namespace);
        if (!namespaces.has(entry.namespace)) sorted.delete(undefined);
      } else {
        unindex(previous);
      }
      const entries = namespaces.get(entry.namespace) ?? new Map<string, Entry>();
      namespaces.set(entry.namespace, entries);
      entries.set(entry.name, entry);
      for (const [field, index] of indexes) {
        const value = entry.fields[field] ?? '';
        const set = index.get(value) ?? new Set();
        index.set(value, set.add(entry));
      }
    },
    delete({ namespace, name }) {
      const entries = namespaces.get(namespace);
      const previous = entries?.get(name);
      if (entries === undefined || previous === undefined) return;
      size--;
      entries.delete(name);
      sorted.delete(namespace);
      unindex(previous);
      if (entries.size > 0) return;
      namespaces.delete(namespace);
      sorted.delete(undefined);
    },
    list: (namespace) =>
      namespace !== undefined
        ? listOne(namespace)
        : inOrder(undefined, () => namespaces.keys()).flatMap((one) => listOne(one)),
    lookup: (field, value) => {
      const index = indexes.get(field);
      return index === undefined ? undefined : (index.get(value) ?? []);
    },
    oldest(writtenMs, most) {
      const entries = [...namespaces.values()].flatMap((one) => [...one.values()]);
      const byAge = entries.sort((a, b) => a.writtenMs - b.writtenMs);
      return byAge.filter((entry, index) => entry.writtenMs < writtenMs || index < size - most);
    },
  };
}
