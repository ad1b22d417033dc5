import { types } from './gen/types.ts';
import { goTypeOf, structName } from './go-types.ts';
import { canonicalQuantity, quantityMessage } from './quantity.ts';

/** A value that cannot be what its field is; the message is the one Go's decoder gives. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export interface Decoded {
  readonly value: Record<string, unknown>;
  /** Paths of fields that the type does not have: `spec.containers[0].foo`. They are left out of the value. */
  readonly unknownFields: readonly string[];
}

interface Position {
  /** Innermost struct and the path from the root as Go's decoder reports them: without indexes and map keys. */
  readonly owner: string;
  readonly field: string;
  readonly goPath: string;
  /** Path with indexes, as strict decoding reports it. */
  readonly path: string;
}

/**
 * Reads JSON as one of the built-in types the way the API server's Go structs would: wrong types are refused, null is
 * absence, unknown fields are dropped and reported, quantities brought into canonical form.
 */
export function decode(type: string, value: unknown): Decoded {
  const unknownFields: string[] = [];
  const root: Position = { owner: type, field: '', goPath: '', path: '' };
  if (kindOfJson(value) !== 'object') {
    throw new DecodeError(
      `json: cannot unmarshal ${kindOfJson(value)} into Go value of type v1.${structName(type)}`,
    );
  }
  return { value: decodeStruct(type, value as object, root, unknownFields), unknownFields };
}

function decodeStruct(type: string, value: object, at: Position, unknown: string[]): Record<string, unknown> {
  const fields = types[type] ?? {};
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    const path = at.path === '' ? name : `${at.path}.${name}`;
    const fieldType = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (fieldType === undefined) {
      unknown.push(path);
      continue;
    }
    if (child === null) continue;
    const goPath = at.goPath === '' ? name : `${at.goPath}.${name}`;
    const decoded = decodeValue(fieldType, child, { owner: type, field: name, goPath, path }, unknown);
    if (!isEmptyCollection(fieldType, decoded)) result[name] = decoded;
  }
  return result;
}

/** Go keeps no empty list or map of a built-in type: stored, it is the same as none. */
function isEmptyCollection(type: string, value: unknown): boolean {
  return /^(\[\]|map\[)/.test(type) && Object.keys(value as object).length === 0;
}

function decodeValue(type: string, value: unknown, at: Position, unknown: string[]): unknown {
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) throw mismatch(type, value, at);
    const inner = type.slice(2);
    return value.map((item, index) =>
      item === null && types[inner] !== undefined
        ? {}
        : decodeValue(inner, item, { ...at, path: `${at.path}[${index}]` }, unknown),
    );
  }
  if (type.startsWith('map[string]')) {
    if (kindOfJson(value) !== 'object') throw mismatch(type, value, at);
    const inner = type.slice('map[string]'.length);
    const entries = Object.entries(value as object).map(([key, item]) => [
      key,
      // A null entry of a map of strings decodes to the empty string.
      item === null ? zeroOf(inner) : decodeValue(inner, item, { ...at, path: `${at.path}.${key}` }, unknown),
    ]);
    return Object.fromEntries(entries);
  }
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar(value, () => mismatch(type, value, at));
  if (kindOfJson(value) !== 'object') throw mismatch(type, value, at);
  return decodeStruct(type, value as object, at, unknown);
}

function zeroOf(type: string): unknown {
  if (type === 'string' || type === 'bytes') return '';
  return type === 'Quantity' ? '0' : null;
}

type ReadScalar = (value: unknown, mismatch: () => DecodeError) => unknown;

const scalars: Readonly<Record<string, ReadScalar>> = {
  any: (value) => value,
  string: (value, mismatch) => check(typeof value === 'string', value, mismatch),
  bool: (value, mismatch) => check(typeof value === 'boolean', value, mismatch),
  float64: (value, mismatch) => check(typeof value === 'number', value, mismatch),
  int32: (value, mismatch) => check(isInteger(value, 2 ** 31), value, mismatch),
  int64: (value, mismatch) => check(isInteger(value, 2 ** 63), value, mismatch),
  IntOrString: (value, mismatch) =>
    check(typeof value === 'string' || isInteger(value, 2 ** 31), value, mismatch),
  Time: readTime,
  MicroTime: readTime,
  bytes: readBytes,
  Quantity: readQuantity,
};

function check(fits: boolean, value: unknown, mismatch: () => DecodeError): unknown {
  if (!fits) throw mismatch();
  return value;
}

function isInteger(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function readTime(value: unknown, mismatch: () => DecodeError): unknown {
  if (typeof value !== 'string') throw mismatch();
  if (!rfc3339.test(value) || Number.isNaN(Date.parse(value))) {
    throw new DecodeError(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  return value;
}

function readBytes(value: unknown, mismatch: () => DecodeError): unknown {
  if (typeof value !== 'string') throw mismatch();
  const wrong =
    /[^A-Za-z0-9+/=\r\n]/.exec(value)?.index ??
    (value.replace(/\s/g, '').length % 4 === 0 ? -1 : value.length);
  if (wrong >= 0) throw new DecodeError(`illegal base64 data at input byte ${wrong}`);
  return value;
}

function readQuantity(value: unknown, mismatch: () => DecodeError): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') throw mismatch();
  const canonical = canonicalQuantity(String(value).trim());
  if (canonical === undefined) throw new DecodeError(quantityMessage);
  return canonical;
}

function mismatch(type: string, value: unknown, { owner, field, goPath }: Position): DecodeError {
  const kind = kindOfJson(value);
  const shown = kind === 'number' && /^int/.test(type) ? `number ${value}` : kind;
  return new DecodeError(
    `json: cannot unmarshal ${shown} into Go struct field ${structName(owner)}.${goPath} of type ${goTypeOf(owner, field, type)}`,
  );
}

function kindOfJson(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
