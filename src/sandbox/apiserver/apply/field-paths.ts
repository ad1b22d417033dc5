import { isFields } from '../../../kube/merge-patch.ts';
import type { Shape } from './shape.ts';

/**
 * A path of FieldsV1 elements (`f:spec`, `k:{"name":"a"}`, `v:"x"`), joined by a character that none of them holds as it
 * is always escaped in JSON and never part of a field's name.
 */
export type FieldPath = string;
const SEPARATOR = '\0';

export const childPath = (parent: FieldPath, element: string): FieldPath =>
  parent === '' ? element : `${parent}${SEPARATOR}${element}`;

/** Is `path` the item or field `ancestor`, or below it? */
export function isWithin(path: FieldPath, ancestor: FieldPath): boolean {
  return path === ancestor || path.startsWith(`${ancestor}${SEPARATOR}`);
}

export const fieldElement = (name: string) => `f:${name}`;
export const valueElement = (value: unknown) => `v:${JSON.stringify(value)}`;

/** A port without protocol is the same item as one that says TCP. */
const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' };

export function itemElement(item: unknown, keys: readonly string[]): string {
  const fields = isFields(item) ? item : {};
  const pairs = [...keys].sort().map((key) => [key, fields[key] ?? keyDefaults[key]]);
  return `k:${JSON.stringify(Object.fromEntries(pairs))}`;
}

/** Every path that a manager of this value would own, with the value there; an item of a list stands for itself too. */
export function ownablePaths(shape: Shape, value: unknown): Map<FieldPath, string> {
  const paths = new Map<FieldPath, string>();
  collect(shape, value, '', paths);
  return paths;
}

function collect(shape: Shape, value: unknown, path: FieldPath, paths: Map<FieldPath, string>): void {
  if (shape.kind === 'fields' && isFields(value) && Object.keys(value).length > 0) {
    for (const [name, child] of Object.entries(value)) {
      collect(shape.child(name), child, childPath(path, fieldElement(name)), paths);
    }
  } else if (shape.kind === 'set' && Array.isArray(value)) {
    for (const item of value) paths.set(childPath(path, valueElement(item)), '');
  } else if (shape.kind === 'items' && Array.isArray(value)) {
    for (const item of value) {
      const at = childPath(path, itemElement(item, shape.keys));
      paths.set(at, '');
      collect(shape.item, item, at, paths);
    }
  } else if (path !== '') {
    paths.set(path, JSON.stringify(sortKeys(value)));
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}

/** The nested form in `managedFields[].fieldsV1`; `.` marks an item that is owned beside what is in it. */
export interface FieldsV1 {
  [element: string]: FieldsV1;
}

export function toFieldsV1(paths: Iterable<FieldPath>): FieldsV1 {
  const root: FieldsV1 = {};
  for (const path of [...paths].sort()) {
    let node = root;
    for (const element of path.split(SEPARATOR)) {
      node[element] ??= {};
      node = node[element];
    }
    node['.'] = {};
  }
  dropLeafMarks(root);
  return root;
}

function dropLeafMarks(node: FieldsV1): void {
  const keys = Object.keys(node);
  if (keys.length === 1 && keys[0] === '.') delete node['.'];
  for (const child of Object.values(node)) dropLeafMarks(child);
}

export function fromFieldsV1(fields: unknown): Set<FieldPath> {
  const paths = new Set<FieldPath>();
  readFields(fields, '', paths);
  return paths;
}

function readFields(node: unknown, path: FieldPath, paths: Set<FieldPath>): void {
  if (!isFields(node)) return;
  const entries = Object.entries(node);
  if (path !== '' && (entries.length === 0 || node['.'] !== undefined)) paths.add(path);
  for (const [element, child] of entries) {
    if (element !== '.') readFields(child, childPath(path, element), paths);
  }
}

/** `.spec.containers[name="a"].image`, as conflicts name a field. */
export function pathText(path: FieldPath): string {
  return path
    .split(SEPARATOR)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = Object.entries(JSON.parse(element.slice(2)) as Record<string, unknown>);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}
