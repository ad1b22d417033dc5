import type { KubeObject } from '../../../kube/objects.ts';
import { type FieldPath, isWithin, pathText } from './field-paths.ts';
import {
  difference,
  isSameManager,
  type Manager,
  managedPaths,
  readManagers,
  without,
} from './managed-fields.ts';
import { dropPaths, mergeApplied } from './merge-applied.ts';
import type { Shape } from './shape.ts';

export interface ApplyConflict {
  readonly manager: Manager;
  /** `.spec.replicas` */
  readonly field: string;
  readonly path: FieldPath;
}

export interface ApplyPlan {
  readonly object: KubeObject;
  readonly managers: readonly Manager[];
  readonly conflicts: readonly ApplyConflict[];
}

/** Owns what an object had before server-side apply was first used on it. */
const beforeFirstApply = 'before-first-apply';

/**
 * Server-side apply: the live object with the applied fields, without those this manager applied before and nobody wants
 * any more. A field that another manager owns and that would get another value is a conflict; `force` takes it over.
 */
export function planApply(
  shape: Shape,
  live: KubeObject,
  applied: KubeObject,
  applier: Omit<Manager, 'operation' | 'paths'>,
  force: boolean,
): ApplyPlan {
  const identity = { ...applier, operation: 'Apply' } as const;
  const managers = knownManagers(shape, live, applier);
  const own = managers.find((one) => isSameManager(one, identity));
  const others = managers.filter((one) => one !== own);
  const wanted = new Set(managedPaths(shape, applied).keys());
  const given = [...(own?.paths ?? [])].filter((path) => !wanted.has(path));
  const ownedByOthers = (path: FieldPath) =>
    others.some(({ paths }) => [...paths].some((one) => isWithin(one, path)));
  const abandoned = new Set(given.filter((path) => !ownedByOthers(path)));
  const merged = mergeApplied(shape, live, applied);
  const object = dropPaths(shape, merged, (path) => abandoned.has(path)) as KubeObject;
  const { changed } = difference(managedPaths(shape, live), managedPaths(shape, object));
  const conflicts = others.flatMap((manager) =>
    [...manager.paths]
      .filter((path) => changed.has(path) && wanted.has(path))
      .map((path) => ({ manager, path, field: pathText(path) })),
  );
  const taken = new Set(conflicts.map(({ path }) => path));
  const granted = force ? others.map((one) => without(one, (path) => taken.has(path))) : others;
  const unchanged = own !== undefined && own.paths.size === wanted.size && given.length === 0;
  const manager = unchanged ? own : { ...identity, paths: wanted };
  return { object, managers: [...granted, manager], conflicts };
}

function knownManagers(
  shape: Shape,
  live: KubeObject,
  { apiVersion, time }: Omit<Manager, 'operation' | 'paths'>,
): Manager[] {
  const managers = readManagers(live);
  if (managers.length > 0) return managers;
  const paths = new Set(managedPaths(shape, live).keys());
  return [{ name: beforeFirstApply, operation: 'Update', apiVersion, subresource: '', time, paths }];
}
