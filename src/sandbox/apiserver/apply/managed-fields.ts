import type { KubeObject } from '../../../kube/objects.ts';
import {
  childPath,
  type FieldPath,
  type FieldsV1,
  fieldElement,
  fromFieldsV1,
  isWithin,
  ownablePaths,
  toFieldsV1,
} from './field-paths.ts';
import type { Shape } from './shape.ts';

/** Who owns which fields, of one operation on one (sub)resource. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly paths: ReadonlySet<FieldPath>;
}

interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsType?: 'FieldsV1';
  readonly fieldsV1?: FieldsV1;
}

export function readManagers({ metadata }: KubeObject): Manager[] {
  return ((metadata.managedFields ?? []) as ManagedFieldsEntry[]).map((entry) => ({
    name: entry.manager ?? '',
    operation: entry.operation ?? 'Update',
    apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource ?? '',
    time: entry.time ?? '',
    paths: fromFieldsV1(entry.fieldsV1),
  }));
}

/** Managers that own nothing are left out. */
export function writeManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
  return managers
    .filter(({ paths }) => paths.size > 0)
    .map(({ name, operation, apiVersion, subresource, time, paths }) => ({
      manager: name,
      operation,
      apiVersion,
      ...(time === '' ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(paths),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

export function isSameManager(
  a: Manager,
  b: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>,
): boolean {
  const { name, operation, apiVersion, subresource } = b;
  return (
    a.name === name &&
    a.operation === operation &&
    a.apiVersion === apiVersion &&
    a.subresource === subresource
  );
}

/** Fields of the server's own, that nobody manages. */
const unmanagedMetadata = [
  'name',
  'namespace',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generateName',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
];

const unmanaged: readonly FieldPath[] = [
  fieldElement('apiVersion'),
  fieldElement('kind'),
  ...unmanagedMetadata.map((name) => childPath(fieldElement('metadata'), fieldElement(name))),
];

/** The managed paths of an object and the values there. */
export function managedPaths(shape: Shape, object: KubeObject): Map<FieldPath, string> {
  const paths = ownablePaths(shape, object);
  for (const path of paths.keys()) {
    if (unmanaged.some((one) => isWithin(path, one))) paths.delete(path);
  }
  // An object whose metadata has only unmanaged fields would else count as having an empty one.
  paths.delete(fieldElement('metadata'));
  return paths;
}

export interface Difference {
  /** New, or with another value. */
  readonly changed: ReadonlySet<FieldPath>;
  readonly removed: ReadonlySet<FieldPath>;
}

export function difference(
  before: ReadonlyMap<FieldPath, string>,
  after: ReadonlyMap<FieldPath, string>,
): Difference {
  const changed = [...after].filter(([path, value]) => before.get(path) !== value).map(([path]) => path);
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return { changed: new Set(changed), removed: new Set(removed) };
}

/** Ownership after a plain write: whoever changes a field owns it from then on, alone. */
export function trackUpdate(
  managers: readonly Manager[],
  writer: Omit<Manager, 'operation' | 'paths'>,
  { changed, removed }: Difference,
): Manager[] {
  if (changed.size === 0 && removed.size === 0) return [...managers];
  const identity = { ...writer, operation: 'Update' } as const;
  const own = managers.find((one) => isSameManager(one, identity));
  const others = managers
    .filter((one) => one !== own)
    .map((one) => without(one, (path) => changed.has(path) || removed.has(path)));
  const kept = [...(own?.paths ?? [])].filter((path) => !removed.has(path));
  return [...others, { ...identity, paths: new Set([...kept, ...changed]) }];
}

export function without(manager: Manager, isLost: (path: FieldPath) => boolean): Manager {
  const paths = [...manager.paths].filter((path) => !isLost(path));
  return paths.length === manager.paths.size ? manager : { ...manager, paths: new Set(paths) };
}
