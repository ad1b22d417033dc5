import { types } from '../schema/gen/types.ts';
import { isAtomicType, listTypeOf, retainsKeys } from '../schema/list-types.ts';
import { describeField, describeType } from './descriptions.ts';

type Schema = Record<string, unknown>;

const scalars: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  IntOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  Quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  any: { type: 'object' },
};

/** Where a type's schema stands in the document that refers to it. */
export type ReferencePrefix = '#/components/schemas/' | '#/definitions/';

/** A built-in type as OpenAPI has it, with the extensions that tell clients how its lists merge. */
export function openApiSchema(type: string, prefix: ReferencePrefix): Schema {
  const properties = Object.entries(types[type] ?? {}).map(([field, fieldType]) => [
    field,
    {
      ...fieldSchema(fieldType, prefix),
      ...mergeExtensions(type, field),
      ...described(describeField(type, field)),
    },
  ]);
  return {
    type: 'object',
    ...described(describeType(type)),
    ...(isAtomicType(type) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    properties: Object.fromEntries(properties),
  };
}

const described = (description: string | undefined) => (description === undefined ? {} : { description });

function fieldSchema(type: string, prefix: ReferencePrefix): Schema {
  if (type.startsWith('[]')) return { type: 'array', items: fieldSchema(type.slice(2), prefix) };
  if (type.startsWith('map[string]')) {
    return { type: 'object', additionalProperties: fieldSchema(type.slice('map[string]'.length), prefix) };
  }
  const scalar = scalars[type];
  if (scalar !== undefined) return { ...scalar };
  const reference = { $ref: `${prefix}${type}` };
  // Siblings of a $ref are ignored before OpenAPI 3.1, so a description needs the detour.
  return prefix === '#/definitions/' ? reference : { allOf: [reference] };
}

function mergeExtensions(type: string, field: string): Schema {
  if (retainsKeys(type, field)) return { 'x-kubernetes-patch-strategy': 'retainKeys' };
  const listType = listTypeOf(type, field);
  if (listType === undefined) {
    return types[type]?.[field]?.startsWith('[]') ? { 'x-kubernetes-list-type': 'atomic' } : {};
  }
  const strategy = listType.retainKeys ? 'merge,retainKeys' : 'merge';
  return {
    ...(listType.patchMerges ? { 'x-kubernetes-patch-strategy': strategy } : {}),
    ...(listType.patchKey === undefined
      ? { 'x-kubernetes-list-type': 'set' }
      : {
          'x-kubernetes-patch-merge-key': listType.patchKey,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': listType.mapKeys,
        }),
  };
}

/** The type and every type it refers to. */
export function reachableTypes(roots: readonly string[]): readonly string[] {
  const reached = new Set<string>();
  const queue = [...roots];
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    if (reached.has(type) || types[type] === undefined) continue;
    reached.add(type);
    for (const field of Object.values(types[type] ?? {}))
      queue.push(field.replace(/^(\[\]|map\[string\])+/, ''));
  }
  return [...reached].sort();
}
