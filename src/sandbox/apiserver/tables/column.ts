import type { KubeObject } from '../../../kube/objects.ts';
import { ageOf } from './human-duration.ts';

/** One column of `kubectl get`. A priority above 0 shows with `-o wide` only. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  readonly format: string;
  readonly description: string;
  readonly priority: number;
  readonly cell: (object: T, now: number) => unknown;
}

type Cell<T extends KubeObject> = (object: T, now: number) => unknown;

export function text<T extends KubeObject>(name: string, cell: Cell<T>): Column<T> {
  return { name, type: 'string', format: '', description: '', priority: 0, cell };
}

export function number<T extends KubeObject>(name: string, cell: Cell<T>): Column<T> {
  return { ...text(name, cell), type: 'integer' };
}

/** A number in a column that Kubernetes declares as text. */
export function counted<T extends KubeObject>(name: string, cell: (object: T) => number): Column<T> {
  return text(name, (object) => cell(object));
}

export function wide<T extends KubeObject>(name: string, cell: Cell<T>): Column<T> {
  return { ...text(name, cell), priority: 1 };
}

export const nameColumn: Column = { ...text('Name', ({ metadata }) => metadata.name ?? ''), format: 'name' };

export const ageColumn: Column = text('Age', ({ metadata }, now) => ageOf(metadata.creationTimestamp, now));

export const createdAtColumn: Column = {
  ...text('Created At', ({ metadata }) => metadata.creationTimestamp ?? '<unknown>'),
  type: 'date',
};

/** Reads a dotted path; undefined where a part is missing. */
export function at(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

export function textAt(path: string, absent = ''): (object: KubeObject) => string {
  return (object) => String(at(object, path) ?? absent);
}

export function countAt(path: string): (object: KubeObject) => number {
  return (object) => Number(at(object, path) ?? 0);
}
