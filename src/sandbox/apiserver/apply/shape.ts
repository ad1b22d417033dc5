import type { JsonSchema, ResourceDefinition } from '../resources/resource-definition.ts';
import { types } from '../schema/gen/types.ts';
import { isAtomicType, type ListType, listTypeOf } from '../schema/list-types.ts';

/** How fine the ownership of a value is: as a whole, by field, by plain list value, or by list item with keys. */
export type Shape =
  | { readonly kind: 'whole' }
  | { readonly kind: 'fields'; readonly child: (name: string) => Shape }
  | { readonly kind: 'set' }
  | { readonly kind: 'items'; readonly keys: readonly string[]; readonly item: Shape };

const whole: Shape = { kind: 'whole' };
const set: Shape = { kind: 'set' };

export function shapeOf(definition: ResourceDefinition, version: string): Shape {
  if (definition.type !== undefined) return typeShape(definition.type, undefined);
  const schema = definition.custom?.get(version)?.schema;
  const root = schema === undefined ? untyped : schemaShape(schema);
  const metadata = typeShape('V1ObjectMeta', undefined);
  return {
    kind: 'fields',
    child: (name) => (name === 'metadata' ? metadata : root.kind === 'fields' ? root.child(name) : whole),
  };
}

function typeShape(type: string, listType: ListType | undefined): Shape {
  if (type.startsWith('[]')) {
    if (listType === undefined) return whole;
    if (listType.patchKey === undefined) return set;
    return { kind: 'items', keys: listType.mapKeys, item: typeShape(type.slice(2), undefined) };
  }
  if (type.startsWith('map[string]')) {
    const values = typeShape(type.slice('map[string]'.length), undefined);
    return { kind: 'fields', child: () => values };
  }
  const fields = types[type];
  if (fields === undefined || isAtomicType(type)) return whole;
  return { kind: 'fields', child: (name) => typeShape(fields[name] ?? 'any', listTypeOf(type, name)) };
}

/** Without a schema, objects are owned by field and lists as a whole. */
const untyped: Shape = { kind: 'fields', child: () => untyped };

function schemaShape(schema: JsonSchema): Shape {
  if (schema.items !== undefined || schema.type === 'array') return listShape(schema);
  const { properties, additionalProperties } = schema;
  if (properties === undefined && typeof additionalProperties !== 'object') {
    return schema['x-kubernetes-preserve-unknown-fields'] === true ? untyped : whole;
  }
  return {
    kind: 'fields',
    child(name) {
      const property =
        properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
      return property === undefined ? untyped : schemaShape(property);
    },
  };
}

function listShape(schema: JsonSchema): Shape {
  if (schema['x-kubernetes-list-type'] === 'set') return set;
  if (schema['x-kubernetes-list-type'] !== 'map') return whole;
  const item = schema.items === undefined ? untyped : schemaShape(schema.items);
  return { kind: 'items', keys: schema['x-kubernetes-list-map-keys'] ?? [], item };
}
