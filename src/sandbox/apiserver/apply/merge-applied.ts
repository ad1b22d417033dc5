import { isFields } from '../../../kube/merge-patch.ts';
import { childPath, type FieldPath, fieldElement, itemElement, valueElement } from './field-paths.ts';
import type { Shape } from './shape.ts';

/** The live value with everything the applied one says; neither is changed. */
export function mergeApplied(shape: Shape, live: unknown, applied: unknown): unknown {
  if (shape.kind === 'fields' && isFields(live) && isFields(applied)) {
    const merged: Record<string, unknown> = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      merged[name] = mergeApplied(shape.child(name), live[name], value);
    }
    return merged;
  }
  if (!Array.isArray(live) || !Array.isArray(applied)) return applied;
  if (shape.kind === 'set') return [...live, ...applied.filter((item) => !live.includes(item))];
  if (shape.kind !== 'items') return applied;
  const elementOf = (item: unknown) => itemElement(item, shape.keys);
  const byElement = new Map(live.map((item) => [elementOf(item), item]));
  const given = applied.map((item) => mergeApplied(shape.item, byElement.get(elementOf(item)), item));
  const names = new Set(applied.map(elementOf));
  // The applied items in their order, where the first of them stood; the other live ones stay around them.
  const rest = live.filter((item) => !names.has(elementOf(item)));
  const firstShared = live.findIndex((item) => names.has(elementOf(item)));
  const before = firstShared < 0 ? rest.length : firstShared;
  return [...rest.slice(0, before), ...given, ...rest.slice(before)];
}

/**
 * Takes out of a value what nobody owns any more.
 * @param isDropped for a field, a plain list value or a whole item.
 */
export function dropPaths(
  shape: Shape,
  value: unknown,
  isDropped: (path: FieldPath) => boolean,
  path: FieldPath = '',
): unknown {
  if (shape.kind === 'fields' && isFields(value)) {
    const kept = Object.entries(value).flatMap(([name, child]): [string, unknown][] => {
      const at = childPath(path, fieldElement(name));
      if (isDropped(at)) return [];
      const rest = dropPaths(shape.child(name), child, isDropped, at);
      return isEmptied(rest, child) ? [] : [[name, rest]];
    });
    return Object.fromEntries(kept);
  }
  if (shape.kind === 'set' && Array.isArray(value)) {
    return value.filter((item) => !isDropped(childPath(path, valueElement(item))));
  }
  if (shape.kind !== 'items' || !Array.isArray(value)) return value;
  return value.flatMap((item) => {
    const at = childPath(path, itemElement(item, shape.keys));
    return isDropped(at) ? [] : [dropPaths(shape.item, item, isDropped, at)];
  });
}

/** A map or list that loses its last part goes with it. */
function isEmptied(rest: unknown, before: unknown): boolean {
  const size = (value: unknown) =>
    Array.isArray(value) ? value.length : isFields(value) ? Object.keys(value).length : Number.NaN;
  return size(rest) === 0 && size(before) > 0;
}
