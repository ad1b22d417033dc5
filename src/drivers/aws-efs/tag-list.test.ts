import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseTagList, TagListError } from './tag-list.ts';

const escaped = (text: string) => text.replace(/[\\: ]/g, '\\$&');

describe('the list of tags', () => {
  test('is read as upstream documents it', () => {
    assert.deepEqual(parseTagList('environment:prod region:us-east-1'), {
      environment: 'prod',
      region: 'us-east-1',
    });
    assert.deepEqual(parseTagList('a\\ b:c\\:d url:http://x'), { 'a b': 'c:d', url: 'http://x' });
    assert.deepEqual(parseTagList(''), {});
    assert.deepEqual(Object.entries(parseTagList('__proto__:x')), [['__proto__', 'x']]);
  });

  test('gives back any tags that were written into it', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 }).filter((key) => !/^aws:/i.test(key));
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true }), (tags) => {
        const list = Object.entries(tags).map(([key, value]) => `${escaped(key)}:${escaped(value)}`);
        assert.deepEqual(parseTagList(list.join(' ')), tags);
      }),
    );
  });

  for (const [text, message] of [
    ['environment', /'environment' has no colon/],
    [':x', /the key of ':x' must have 1 to 128 characters/],
    ['a:b\\', /ends with a single backslash/],
    ['aws\\:x:b', /keys that begin with aws:/],
    ['a:b a:c', /'a' is there twice/],
    [`a:${'x'.repeat(257)}`, /at most 256 characters/],
  ] as const)
    test(`"${text.slice(0, 20)}" is refused, where upstream loses all tags`, () => {
      assert.throws(
        () => parseTagList(text),
        (error) => error instanceof TagListError && message.test(error.message),
      );
    });
});
