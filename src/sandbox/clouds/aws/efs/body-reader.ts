import { badRequest } from '../http/refusal.ts';

/** Reads a JSON object field by field; what does not fit is refused as BadRequest, with its path. */
export interface BodyReader {
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** A whole number from 0 to 4294967295. */
  id(name: string): number;
  optionalIds(name: string): readonly number[] | undefined;
  optionalNumber(name: string): number | undefined;
  optionalFlag(name: string): boolean | undefined;
  optionalTexts(name: string): readonly string[] | undefined;
  optionalObject(name: string): BodyReader | undefined;
  objects(name: string): readonly BodyReader[];
}

const LARGEST_ID = 2 ** 32 - 1;

export function parseBody(body: Buffer): BodyReader {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
  return readObject(parsed, '');
}

function readObject(value: unknown, path: string): BodyReader {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`${path || 'The request body'} must be an object.`);
  }
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const raw = (name: string): unknown =>
    Object.hasOwn(value, name) ? (Reflect.get(value, name) ?? undefined) : undefined;
  const typed = <T>(name: string, is: (candidate: unknown) => candidate is T, what: string) => {
    const candidate = raw(name);
    if (candidate === undefined || is(candidate)) return candidate;
    throw badRequest(`Invalid value for ${at(name)}: must be ${what}.`);
  };
  const required = <T>(name: string, found: T | undefined): T => {
    if (found !== undefined) return found;
    throw badRequest(`Missing required field: ${at(name)}.`);
  };
  return {
    optionalText: (name) => typed(name, isText, 'a string'),
    text: (name) => required(name, typed(name, isText, 'a string')),
    id: (name) => required(name, typed(name, isId, `a whole number from 0 to ${LARGEST_ID}`)),
    optionalIds: (name) => typed(name, listOf(isId), `a list of whole numbers from 0 to ${LARGEST_ID}`),
    optionalNumber: (name) => typed(name, (it): it is number => typeof it === 'number', 'a number'),
    optionalFlag: (name) => typed(name, (it): it is boolean => typeof it === 'boolean', 'true or false'),
    optionalTexts: (name) => typed(name, listOf(isText), 'a list of strings'),
    optionalObject: (name) => {
      const found = raw(name);
      return found === undefined ? undefined : readObject(found, at(name));
    },
    objects: (name) => {
      const found = typed(name, (it): it is unknown[] => Array.isArray(it), 'a list') ?? [];
      return found.map((item, index) => readObject(item, `${at(name)}[${index}]`));
    },
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST_ID;
const listOf =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is readonly T[] =>
    Array.isArray(value) && value.every(is);
