import type { JsonSchema } from '../resources/resource-definition.ts';
import { type FieldError, invalidValue, notSupported, required } from '../validation/field-error.ts';

type Fields = Record<string, unknown>;

/** Drops what the schema does not name, as Kubernetes prunes custom resources; the dropped paths are reported. */
export function pruneCustom(
  schema: JsonSchema | undefined,
  object: Fields,
): { value: Fields; unknownFields: string[] } {
  const unknownFields: string[] = [];
  if (schema === undefined) return { value: object, unknownFields };
  // Whatever the schema says of them, these three are always there.
  const { apiVersion, kind, metadata, ...rest } = object;
  const pruned = prune(schema, rest, '', unknownFields) as Fields;
  return { value: { apiVersion, kind, metadata, ...pruned }, unknownFields };
}

function prune(schema: JsonSchema, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? value
      : value.map((item, index) => prune(items, item, `${path}[${index}]`, unknown));
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Fields = {};
  for (const [key, child] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const property = propertySchema(schema, key);
    if (property === 'keep') result[key] = child;
    else if (property === undefined) unknown.push(at);
    else result[key] = prune(property, child, at, unknown);
  }
  return result;
}

function propertySchema(schema: JsonSchema, key: string): JsonSchema | 'keep' | undefined {
  const property =
    schema.properties !== undefined && Object.hasOwn(schema.properties, key)
      ? schema.properties[key]
      : undefined;
  if (property !== undefined) return property;
  if (typeof schema.additionalProperties === 'object') return schema.additionalProperties;
  if (schema.additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true)
    return 'keep';
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  return embedded && ['apiVersion', 'kind', 'metadata'].includes(key) ? 'keep' : undefined;
}

/** Fills the schema's defaults where a field is absent, in place. */
export function setCustomDefaults(schema: JsonSchema | undefined, value: unknown): void {
  if (schema === undefined || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) setCustomDefaults(schema.items, item);
    return;
  }
  const fields = value as Fields;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (fields[key] === undefined && property.default !== undefined)
      fields[key] = structuredClone(property.default);
    setCustomDefaults(property, fields[key]);
  }
  if (typeof schema.additionalProperties !== 'object') return;
  for (const child of Object.values(fields)) setCustomDefaults(schema.additionalProperties, child);
}

/** Holds a custom resource against its schema. Rules in CEL are not evaluated. */
export function validateCustom(schema: JsonSchema | undefined, value: unknown, field = ''): FieldError[] {
  if (schema === undefined || (value === null && schema.nullable === true)) return [];
  const typeError = validateType(schema, value, field);
  if (typeError !== undefined) return [typeError];
  const errors = [...validateEnum(schema, value, field), ...validateBounds(schema, value, field)];
  if (Array.isArray(value)) {
    return [
      ...errors,
      ...value.flatMap((item, index) => validateCustom(schema.items, item, `${field}[${index}]`)),
    ];
  }
  if (typeof value !== 'object' || value === null) return errors;
  return [...errors, ...validateProperties(schema, value as Fields, field)];
}

function validateProperties(schema: JsonSchema, value: Fields, field: string): FieldError[] {
  const path = (key: string) => (field === '' ? key : `${field}.${key}`);
  const missing = (schema.required ?? [])
    .filter((key) => value[key] === undefined)
    .map((key) => required(path(key)));
  const children = Object.entries(value).flatMap(([key, child]) => {
    // metadata is checked as every object's is.
    if (field === '' && key === 'metadata') return [];
    const property = propertySchema(schema, key);
    return property === undefined || property === 'keep' ? [] : validateCustom(property, child, path(key));
  });
  return [...missing, ...children];
}

function validateType(schema: JsonSchema, value: unknown, field: string): FieldError | undefined {
  const found = jsonType(value);
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (found === 'integer' || found === 'string') return undefined;
    return {
      field,
      type: 'type',
      value: found,
      detail: `${field} in body must be of type integer or string: "${found}"`,
    };
  }
  if (schema.type === undefined || schema.type === found) return undefined;
  if (schema.type === 'number' && found === 'integer') return undefined;
  return {
    field,
    type: 'type',
    value: found,
    detail: `${field} in body must be of type ${schema.type}: "${found}"`,
  };
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function validateEnum(schema: JsonSchema, value: unknown, field: string): FieldError[] {
  if (schema.enum === undefined || schema.enum.includes(value)) return [];
  return [notSupported(field, value, schema.enum.map(String))];
}

function validateBounds(schema: JsonSchema, value: unknown, field: string): FieldError[] {
  const wrong = (detail: string) => [invalidValue(field, value, `${field} in body ${detail}`)];
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum)
      return wrong(`should be greater than or equal to ${minimum}`);
    if (maximum !== undefined && value > maximum) return wrong(`should be less than or equal to ${maximum}`);
  }
  if (typeof value === 'string') {
    if (minLength !== undefined && value.length < minLength)
      return wrong(`should be at least ${minLength} chars long`);
    if (maxLength !== undefined && value.length > maxLength)
      return [{ field, type: 'too-long', detail: `may not be more than ${maxLength} bytes` }];
    if (pattern !== undefined && !new RegExp(pattern).test(value)) return wrong(`should match '${pattern}'`);
  }
  if (Array.isArray(value)) {
    if (minItems !== undefined && value.length < minItems)
      return wrong(`should have at least ${minItems} items`);
    if (maxItems !== undefined && value.length > maxItems)
      return [{ field, type: 'too-many', detail: `${value.length}: must have at most ${maxItems} items` }];
  }
  return [];
}
