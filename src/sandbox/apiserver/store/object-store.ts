import type { Clock } from '../../../async/clock.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { createChangeLog } from './change-log.ts';
import { type ChangeType, openObjectDatabase } from './object-database.ts';
import { createResourceTable, type ResourceTable } from './resource-table.ts';

/** One stored object. Its text is what clients get; it is parsed only where its fields are needed. */
export interface Entry {
  readonly resource: string;
  /** '' for a cluster-wide object. */
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly writtenMs: number;
  readonly json: string;
  /** `metadata.labels`, for selectors. */
  readonly labels: Readonly<Record<string, string>>;
  /** Values of the fields that field selectors of this resource may name. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  readonly entry: Entry;
  /** The object before; undefined where it is not known any more, as for a change read back from the file. */
  readonly previous: Entry | undefined;
}

export interface ObjectStore {
  /** Of the newest change. */
  revision(): number;
  get(resource: string, namespace: string, name: string): Entry | undefined;
  /** In order of namespace and name; a namespace of undefined means all. */
  list(resource: string, namespace: string | undefined): Entry[];
  /** Those whose indexed field has the value; undefined where the resource has no such index. */
  lookup(resource: string, field: string, value: string): Iterable<Entry> | undefined;
  /** Adds or replaces, and sets the object's resourceVersion. */
  put(resource: string, object: KubeObject): Entry;
  remove(entry: Entry): Entry;
  /** Changes after `revision`; undefined where they are forgotten. */
  changesSince(resource: string, revision: number): Change[] | undefined;
  onChange(listener: (change: Change) => void): void;
  /** Forgets objects of the resource last written before `writtenMs`, and those beyond `most`, oldest first. */
  expire(resource: string, writtenMs: number, most: number): void;
  close(): void;
}

export interface StoreOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Fields of a resource's objects that field selectors may name, and which of them are looked up by value. */
  readonly selectable: (resource: string) => readonly string[];
  readonly indexed: (resource: string) => readonly string[];
  /** How many changes are kept for watches to resume. */
  readonly logLength?: number;
}

/** Memory is read, the file is written: a change is in the file before anyone sees it. */
export function openObjectStore(options: StoreOptions): ObjectStore {
  const database = openObjectDatabase(options.file);
  const tables = new Map<string, ResourceTable>();
  const log = createChangeLog(options.logLength ?? 10_000, (revision) => database.trimLog(revision));
  const listeners: ((change: Change) => void)[] = [];

  const tableOf = (resource: string): ResourceTable => {
    const known = tables.get(resource);
    if (known !== undefined) return known;
    const table = createResourceTable(options.indexed(resource));
    tables.set(resource, table);
    return table;
  };
  const entryOf = (
    resource: string,
    object: KubeObject,
    json: string,
    revision: number,
    writtenMs: number,
  ) => ({
    resource,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    revision,
    writtenMs,
    json,
    labels: object.metadata.labels ?? {},
    fields: readFields(object, options.selectable(resource)),
  });

  for (const row of database.objects()) {
    tableOf(row.resource).set(
      entryOf(row.resource, JSON.parse(row.json) as KubeObject, row.json, row.revision, row.writtenMs),
    );
  }
  for (const { type, ...row } of database.log()) {
    const entry = entryOf(row.resource, JSON.parse(row.json) as KubeObject, row.json, row.revision, 0);
    log.append({ type, revision: row.revision, entry, previous: undefined });
  }

  const record = (type: ChangeType, entry: Entry, previous: Entry | undefined): Entry => {
    database.commit(type, entry);
    if (type === 'DELETED') tableOf(entry.resource).delete(entry);
    else tableOf(entry.resource).set(entry);
    const change: Change = { type, revision: entry.revision, entry, previous };
    log.append(change);
    for (const listener of listeners) listener(change);
    return entry;
  };
  const written = (resource: string, object: KubeObject): Entry => {
    const revision = log.revision() + 1;
    const stamped = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    return entryOf(resource, stamped, JSON.stringify(stamped), revision, options.clock.now());
  };

  return {
    revision: () => log.revision(),
    get: (resource, namespace, name) => tableOf(resource).get(namespace, name),
    list: (resource, namespace) => tableOf(resource).list(namespace),
    lookup: (resource, field, value) => tableOf(resource).lookup(field, value),
    put(resource, object) {
      const entry = written(resource, object);
      const previous = tableOf(resource).get(entry.namespace, entry.name);
      return record(previous === undefined ? 'ADDED' : 'MODIFIED', entry, previous);
    },
    remove: (entry) => record('DELETED', written(entry.resource, parseEntry(entry)), entry),
    changesSince: (resource, revision) => log.since(resource, revision),
    onChange: (listener) => void listeners.push(listener),
    expire(resource, writtenMs, most) {
      for (const entry of tableOf(resource).oldest(writtenMs, most)) {
        record('DELETED', written(resource, parseEntry(entry)), entry);
      }
    },
    close: () => database.close(),
  };
}

/** A fresh copy of the object, the caller's to change. */
export function parseEntry<T extends KubeObject = KubeObject>(entry: Pick<Entry, 'json'>): T {
  return JSON.parse(entry.json) as T;
}

function readFields(object: KubeObject, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, readPath(object, path)]));
}

/** The text of `spec.nodeName`; what is absent counts as empty, as field selectors have it. */
function readPath(object: unknown, path: string): string {
  let value = object;
  for (const part of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return value === undefined || value === null ? '' : String(value);
}
