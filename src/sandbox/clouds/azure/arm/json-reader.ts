import { ArmError } from './arm-error.ts';

/** Reads a request's body field by field; what does not fit is refused with the field's path as `target`. */
export interface JsonReader {
  readonly path: string;
  /** The field's value, undefined where it is absent or null. */
  raw(name: string): unknown;
  optionalText(name: string): string | undefined;
  text(name: string): string;
  optionalNumber(name: string): number | undefined;
  number(name: string): number;
  optionalFlag(name: string): boolean | undefined;
  optionalTexts(name: string): readonly string[] | undefined;
  optionalObject(name: string): JsonReader | undefined;
  object(name: string): JsonReader;
  /** The object's own keys. */
  keys(): readonly string[];
}

export function readJson(body: unknown, path = ''): JsonReader {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${path || 'the body'} must be a JSON object'.`,
      path === '' ? {} : { target: path },
    );
  }
  const object = body as Readonly<Record<string, unknown>>;
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const raw = (name: string) => (Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined);
  const typed = <T>(name: string, is: (value: unknown) => value is T, what: string): T | undefined => {
    const value = raw(name);
    if (value === undefined || is(value)) return value;
    throw invalidParameter(at(name), `The value of parameter '${at(name)}' must be ${what}.`);
  };
  const required = <T>(name: string, value: T | undefined): T => {
    if (value !== undefined) return value;
    throw invalidParameter(at(name), `Required parameter '${at(name)}' is missing (null).`);
  };
  const optionalText = (name: string) => typed(name, isText, 'a string');
  const optionalNumber = (name: string) => typed(name, isNumber, 'a number');
  const optionalObject = (name: string) => {
    const value = raw(name);
    return value === undefined ? undefined : readJson(value, at(name));
  };
  return {
    path,
    raw,
    optionalText,
    text: (name) => required(name, optionalText(name)),
    optionalNumber,
    number: (name) => required(name, optionalNumber(name)),
    optionalFlag: (name) => typed(name, isFlag, 'true or false'),
    optionalTexts: (name) => typed(name, isTexts, 'a list of strings'),
    optionalObject,
    object: (name) => required(name, optionalObject(name)),
    keys: () => Object.keys(object),
  };
}

/** The refusal of one field of a body. */
export function invalidParameter(target: string, message: string): ArmError {
  return new ArmError(400, 'InvalidParameter', message, { target });
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
