import type { Documents } from '../../state/state-file.ts';

/** One kind of resource, in memory and in the state file: lists of ten thousand are walked for each page. */
export interface Table<T extends { readonly id: string }> {
  get(id: string): T | undefined;
  /** In the order they were put first. */
  all(): Iterable<T>;
  /** Those whose key for an index is this. */
  by(index: string, key: string): Iterable<T>;
  /** How many `by` gives. */
  count(index: string, key: string): number;
  put(row: T): void;
  delete(id: string): void;
}

/** `indexes` name the keys by which rows are found; a key never changes in a row's life. */
export function openTable<T extends { readonly id: string }>(
  documents: Documents<T>,
  indexes: Readonly<Record<string, (row: T) => string>> = {},
): Table<T> {
  const rows = new Map<string, T>();
  const indexed = new Map(Object.keys(indexes).map((name) => [name, new Map<string, Map<string, T>>()]));
  const remember = (row: T) => {
    rows.set(row.id, row);
    for (const [name, keyOf] of Object.entries(indexes)) {
      const index = indexed.get(name);
      const key = keyOf(row);
      const entries = index?.get(key) ?? new Map<string, T>();
      entries.set(row.id, row);
      index?.set(key, entries);
    }
  };
  for (const row of documents.all()) remember(row);

  return {
    get: (id) => rows.get(id),
    all: () => rows.values(),
    by: (index, key) => indexed.get(index)?.get(key)?.values() ?? [],
    count: (index, key) => indexed.get(index)?.get(key)?.size ?? 0,
    put: (row) => {
      documents.put(row.id, row);
      remember(row);
    },
    delete: (id) => {
      const row = rows.get(id);
      if (row === undefined) return;
      documents.delete(id);
      rows.delete(id);
      for (const [name, keyOf] of Object.entries(indexes)) {
        const index = indexed.get(name);
        const key = keyOf(row);
        index?.get(key)?.delete(id);
        if (index?.get(key)?.size === 0) index.delete(key);
      }
    },
  };
}
