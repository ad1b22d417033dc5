import { badRequest } from '../http/refusal.ts';
import type { BodyReader } from './body-reader.ts';
import type { Tags } from './resources.ts';

const MOST_TAGS = 50;
const KEY = /^(?![aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** The tags of a request's `Tags`. Throws Refusal. */
export function readTags(body: BodyReader): Tags {
  const tags: Record<string, string> = {};
  for (const tag of body.objects('Tags')) {
    const [key, value] = [tag.text('Key'), tag.text('Value')];
    if (!KEY.test(key)) throw badRequest(`Invalid tag key: ${key}`);
    if (!VALUE.test(value)) throw badRequest(`Invalid value of tag ${key}`);
    if (Object.hasOwn(tags, key)) throw badRequest(`Duplicate tag key: ${key}`);
    tags[key] = value;
  }
  return checkNumber(tags);
}

export function mergeTags(tags: Tags, more: Tags): Tags {
  return checkNumber({ ...tags, ...more });
}

function checkNumber(tags: Tags): Tags {
  if (Object.keys(tags).length <= MOST_TAGS) return tags;
  throw badRequest(`One or more parameter values exceed the limit of ${MOST_TAGS} tags.`);
}

export function wireTags(tags: Tags): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
