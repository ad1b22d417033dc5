/** A list of tags that cannot be used; upstream goes on without any tags then. */
export class TagListError extends Error {
  override readonly name = 'TagListError';
}

/** AWS' limits. */
const longestKey = 128;
const longestValue = 256;
/** AWS allows 50, one of which marks the access point as a driver's. */
const mostTags = 49;

/**
 * Reads upstream's `key:value key2:value2`: spaces between tags, the first colon between key and value, a backslash in
 * front of a space, colon or backslash that belongs to the text. Throws TagListError.
 */
export function parseTagList(text: string): Readonly<Record<string, string>> {
  const tags = new Map<string, string>();
  for (const tag of split(text, ' ')) {
    if (tag === '') continue;
    const [key = '', ...rest] = split(tag, ':');
    if (rest.length === 0) throw new TagListError(`'${tag}' has no colon: write key:value`);
    const [name, value] = [withoutEscapes(key), withoutEscapes(rest.join(':'))];
    if (name === '' || name.length > longestKey)
      throw new TagListError(`the key of '${tag}' must have 1 to ${longestKey} characters`);
    if (/^aws:/i.test(name)) throw new TagListError(`keys that begin with aws: are AWS' own, was '${name}'`);
    if (value.length > longestValue)
      throw new TagListError(`the value of '${name}' must have at most ${longestValue} characters`);
    if (tags.has(name)) throw new TagListError(`'${name}' is there twice`);
    tags.set(name, value);
  }
  if (tags.size > mostTags) throw new TagListError(`at most ${mostTags} tags are possible`);
  return Object.fromEntries(tags);
}

/** Splits at a character that has no backslash in front; the backslashes stay. */
function split(text: string, at: string): readonly string[] {
  const parts = [''];
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const last = parts.length - 1;
    if (character === at) parts.push('');
    else if (character !== '\\') parts[last] += character;
    else {
      index += 1;
      if (index === text.length) throw new TagListError('it ends with a single backslash; write two for one');
      parts[last] += character + text.charAt(index);
    }
  }
  return parts;
}

const withoutEscapes = (text: string) => text.replace(/\\(.)/gs, '$1');
