import { isFields } from '../../../kube/merge-patch.ts';
import { badRequest } from '../http/status-error.ts';
import { sameJson } from '../kinds/kind-rules.ts';
import { types } from '../schema/gen/types.ts';
import { type ListType, listTypeOf } from '../schema/list-types.ts';

type Fields = Record<string, unknown>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const ELEMENT_ORDER = '$setElementOrder/';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge patch: like a JSON merge patch, but lists that have a merge key merge by it. The directives
 * `$patch`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList` are honoured. Neither argument is changed.
 */
export function strategicMerge(type: string, original: Fields, patch: Fields): Fields {
  if (patch[DIRECTIVE] === 'replace') return withoutDirectives(patch);
  if (patch[DIRECTIVE] === 'delete') return {};
  if (patch[DIRECTIVE] !== undefined && patch[DIRECTIVE] !== 'merge') {
    throw badRequest(`Unknown patch type: ${JSON.stringify(patch[DIRECTIVE])} in map`);
  }
  const result = retained(original, patch[RETAIN_KEYS]);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = mergeField(type, key, result[key], value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(result, key.slice(DELETE_FROM_LIST.length), value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith(ELEMENT_ORDER)) continue;
    const field = key.slice(ELEMENT_ORDER.length);
    const list = result[field];
    if (!Array.isArray(list) || !Array.isArray(value)) continue;
    result[field] = inOrder(list, value, original[field], listTypeOf(type, field)?.patchKey);
  }
  return result;
}

function withoutDirectives(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => !key.startsWith('$') && value !== null),
  );
}

function retained(original: Fields, keys: unknown): Fields {
  if (!Array.isArray(keys)) return { ...original };
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)));
}

function mergeField(owner: string, field: string, original: unknown, patch: unknown): unknown {
  const type = types[owner]?.[field] ?? 'any';
  if (Array.isArray(patch)) {
    const listType = listTypeOf(owner, field);
    const items = Array.isArray(original) ? original : [];
    if (listType?.patchMerges !== true) return patch;
    const merged = mergeList(type.slice(2), listType, items, patch);
    return inOrder(merged, patch, items, listType.patchKey);
  }
  if (!isFields(patch)) return patch;
  // Free-form values (a JSON schema's default, say) have no lists with keys: no type is known below them.
  return strategicMerge(type.replace(/^map\[string\]/, ''), isFields(original) ? original : {}, patch);
}

function mergeList(
  itemType: string,
  listType: ListType,
  original: readonly unknown[],
  patch: readonly unknown[],
): unknown[] {
  const key = listType.patchKey;
  if (key === undefined) return [...original, ...patch.filter((item) => !original.includes(item))];
  const items = patch.map((item) => {
    if (!isFields(item)) throw badRequest(`a list that merges by ${key} holds objects`);
    return item;
  });
  if (items.some((item) => item[DIRECTIVE] === 'replace')) {
    return items.filter((item) => item[DIRECTIVE] !== 'replace');
  }
  let result = [...original];
  for (const item of items) {
    if (item[key] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    const index = result.findIndex((one) => isFields(one) && one[key] === item[key]);
    if (item[DIRECTIVE] === 'delete')
      result = result.filter((one) => !isFields(one) || one[key] !== item[key]);
    else if (index < 0) result.push(strategicMerge(itemType, {}, item));
    else result[index] = strategicMerge(itemType, result[index] as Fields, item);
  }
  return result;
}

function deleteFromList(result: Fields, field: string, values: unknown): void {
  const list = result[field];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  result[field] = list.filter((item) => !values.some((value) => sameJson(value, item)));
}

/**
 * Brings a merged list into the order the patch gives. Items that the patch does not name keep the order they had; each
 * stands before the first of the named that it stood before, else at the end.
 */
function inOrder(
  list: readonly unknown[],
  order: readonly unknown[],
  before: unknown,
  key: string | undefined,
): unknown[] {
  const idOf = (item: unknown) => (key !== undefined && isFields(item) ? item[key] : item);
  const previous = Array.isArray(before) ? before.map(idOf) : [];
  const wanted = order.map(idOf);
  const named = wanted.flatMap((id) => list.filter((item) => idOf(item) === id).slice(0, 1));
  const others = list.filter((item) => !wanted.includes(idOf(item)));
  const result: unknown[] = [];
  while (named.length > 0 && others.length > 0) {
    const [left, right] = [previous.indexOf(idOf(others[0])), previous.indexOf(idOf(named[0]))];
    result.push(left >= 0 && right >= 0 && left < right ? others.shift() : named.shift());
  }
  return [...result, ...others, ...named];
}
