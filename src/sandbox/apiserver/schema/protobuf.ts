import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { fieldNumbers } from './gen/field-numbers.ts';
import { types } from './gen/types.ts';

/** A body in Kubernetes' protobuf encoding that cannot be read, or of a kind without known field numbers. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

type Fields = Record<string, unknown>;

/** `k8s` and a zero byte. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/**
 * Reads the envelope that client-go's typed clients send (`kubectl create secret`, controllers in Go) as the JSON it
 * stands for.
 */
export function decodeProtobuf(
  body: Buffer,
  typeOf: (apiVersion: string, kind: string) => string | undefined,
): Fields {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC))
    throw new ProtobufError('the body does not begin as Kubernetes protobuf does');
  try {
    const { apiVersion, kind, raw } = readEnvelope(new BinaryReader(body.subarray(MAGIC.length)));
    const type = typeOf(apiVersion, kind);
    if (type === undefined || fieldNumbers[type] === undefined) {
      throw new ProtobufError(`${kind} of ${apiVersion} is taken as JSON only`);
    }
    return { apiVersion, kind, ...readMessage(type, raw) };
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    throw new ProtobufError('the body is broken', { cause: error });
  }
}

function readEnvelope(reader: BinaryReader): { apiVersion: string; kind: string; raw: Uint8Array } {
  const meta = { apiVersion: '', kind: '' };
  let raw: Uint8Array = new Uint8Array();
  forEachField(reader, (number, skip) => {
    if (number === 1) {
      forEachField(new BinaryReader(reader.bytes()), (inner, skipInner, metaReader) => {
        if (inner === 1) meta.apiVersion = metaReader.string();
        else if (inner === 2) meta.kind = metaReader.string();
        else skipInner();
      });
    } else if (number === 2) raw = reader.bytes();
    else skip();
  });
  return { ...meta, raw };
}

function forEachField(
  reader: BinaryReader,
  read: (number: number, skip: () => void, reader: BinaryReader) => void,
): void {
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    read(number, () => void reader.skip(wireType), reader);
  }
}

interface NumberedField {
  readonly name: string;
  /** Zero is a value here; elsewhere Go writes it for what is absent in JSON. */
  readonly pointer: boolean;
  /** Row whose fields belong to this message's owner. */
  readonly inline: string | undefined;
}

const rows = new Map<string, ReadonlyMap<number, NumberedField>>();

function rowOf(name: string): ReadonlyMap<number, NumberedField> {
  const known = rows.get(name);
  if (known !== undefined) return known;
  const parsed = (fieldNumbers[name] ?? '').split(',').flatMap((part): [number, NumberedField][] => {
    const [, number, inlined, field = '', star] = /^(\d+) (\+?)([^*]+)(\*?)$/.exec(part) ?? [];
    if (number === undefined) return [];
    return [
      [Number(number), { name: field, pointer: star === '*', inline: inlined === '+' ? field : undefined }],
    ];
  });
  const row = new Map(parsed);
  rows.set(name, row);
  return row;
}

function readMessage(type: string, bytes: Uint8Array, row = type, into: Fields = {}): Fields {
  forEachField(new BinaryReader(bytes), (number, skip, reader) => {
    const field = rowOf(row).get(number);
    if (field === undefined) return skip();
    if (field.inline !== undefined) return void readMessage(type, reader.bytes(), field.inline, into);
    const fieldType = types[type]?.[field.name] ?? 'any';
    readField(into, field, fieldType, reader);
  });
  return into;
}

function readField(into: Fields, { name, pointer }: NumberedField, type: string, reader: BinaryReader): void {
  if (type.startsWith('[]')) {
    const list = (into[name] ?? []) as unknown[];
    into[name] = list;
    list.push(readValue(type.slice(2), reader));
  } else if (type.startsWith('map[string]')) {
    const [key, value] = readMapEntry(type.slice('map[string]'.length), reader.bytes());
    into[name] = { ...(into[name] as Fields | undefined), [key]: value };
  } else {
    const value = readValue(type, reader);
    const isZero = value === '' || value === 0 || value === false;
    if (value !== undefined && (pointer || !isZero)) into[name] = value;
  }
}

function readMapEntry(type: string, bytes: Uint8Array): [string, unknown] {
  let key = '';
  let value: unknown;
  forEachField(new BinaryReader(bytes), (number, skip, reader) => {
    if (number === 1) key = reader.string();
    else if (number === 2) value = readValue(type, reader);
    else skip();
  });
  return [key, value ?? (type === 'bytes' || type === 'string' ? '' : {})];
}

function readValue(type: string, reader: BinaryReader): unknown {
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar(reader);
  // ExtraValue and its like are messages around one list.
  if (type.startsWith('[]')) return readList(type.slice(2), reader.bytes());
  return readMessage(type, reader.bytes());
}

function readList(type: string, bytes: Uint8Array): unknown[] {
  const list: unknown[] = [];
  forEachField(new BinaryReader(bytes), (_number, _skip, reader) => list.push(readValue(type, reader)));
  return list;
}

const scalars: Readonly<Record<string, (reader: BinaryReader) => unknown>> = {
  string: (reader) => reader.string(),
  bool: (reader) => reader.bool(),
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(reader.int64()),
  float64: (reader) => reader.double(),
  bytes: (reader) => Buffer.from(reader.bytes()).toString('base64'),
  Quantity: (reader) => String(readNumbered(reader.bytes()).get(1) ?? '0'),
  Time: (reader) => readTime(reader.bytes(), 0),
  MicroTime: (reader) => readTime(reader.bytes(), 6),
  IntOrString: (reader) => {
    const fields = readNumbered(reader.bytes());
    return fields.get(1) === 1 ? fields.get(3) : (fields.get(2) ?? 0);
  },
  // RawExtension and FieldsV1: JSON in the first field.
  any: (reader) => {
    const text = readNumbered(reader.bytes()).get(1);
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  },
};

/** A message of numbers and texts only, by field number. */
function readNumbered(bytes: Uint8Array): Map<number, string | number> {
  const fields = new Map<number, string | number>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.Varint) fields.set(number, Number(reader.int64()));
    else if (wireType === WireType.LengthDelimited) fields.set(number, reader.string());
    else reader.skip(wireType);
  }
  return fields;
}

/** Go's zero time is an empty message, and absent in JSON. */
function readTime(bytes: Uint8Array, digits: 0 | 6): string | undefined {
  if (bytes.length === 0) return undefined;
  const fields = readNumbered(bytes);
  const date = new Date(Number(fields.get(1) ?? 0) * 1000).toISOString().slice(0, 19);
  if (digits === 0) return `${date}Z`;
  const micros = Math.trunc(Number(fields.get(2) ?? 0) / 1000);
  return `${date}.${String(micros).padStart(digits, '0')}Z`;
}
