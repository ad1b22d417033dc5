import { ArmError } from './arm-error.ts';
import { invalidParameter, type JsonReader } from './json-reader.ts';

// ARM's limits for tags of most resource types.
const MOST_TAGS = 50;
const LONGEST_NAME = 512;
const LONGEST_VALUE = 256;
const RESERVED = /[<>%&\\?/]/;

/** The tags of a body, undefined where it names none. Throws ArmError. */
export function readTags(body: JsonReader): Readonly<Record<string, string>> | undefined {
  const reader = body.optionalObject('tags');
  if (reader === undefined) return undefined;
  const names = reader.keys();
  if (names.length > MOST_TAGS) {
    throw refusal('TooManyTags', `The number of tags '${names.length}' exceeds the limit '${MOST_TAGS}'.`);
  }
  return Object.fromEntries(names.map((name) => [name, readTag(reader, name)]));
}

function readTag(reader: JsonReader, name: string): string {
  if (name === '' || name.length > LONGEST_NAME) {
    throw refusal('InvalidTagNameLength', `A tag name must have 1 to ${LONGEST_NAME} characters.`);
  }
  if (RESERVED.test(name)) {
    throw refusal(
      'InvalidTagNameCharacters',
      `The tag names '${name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`,
    );
  }
  const value = reader.raw(name) ?? '';
  if (typeof value !== 'string') throw invalidParameter(`tags.${name}`, 'A tag value must be a string.');
  if (value.length > LONGEST_VALUE) {
    throw refusal(
      'InvalidTagValueLength',
      `Tag value too large. Following tag value '${value}' exceeded the maximum length. Maximum allowed length for tag value - '${LONGEST_VALUE}' characters.`,
    );
  }
  return value;
}

function refusal(code: string, message: string): ArmError {
  return new ArmError(400, code, message, { target: 'tags' });
}
