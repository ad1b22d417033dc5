import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ArmError } from './arm-error.ts';
import type { ArmRequest } from './arm-request.ts';
import { page } from './paging.ts';

function request(url: string): ArmRequest {
  const { pathname, searchParams, origin } = new URL(url);
  return {
    method: 'GET',
    path: pathname,
    query: searchParams,
    authorization: undefined,
    contentType: undefined,
    body: Buffer.alloc(0),
    baseUrl: origin,
  };
}

interface Page {
  readonly value: readonly string[];
  readonly nextLink?: string;
}

function read(url: string, keys: readonly string[], size: number): Page {
  const { body } = page(
    request(url),
    keys.map((key) => ({ key, value: key })),
    size,
  );
  assert.ok(typeof body === 'object' && body !== null && 'value' in body && Array.isArray(body.value));
  const next = 'nextLink' in body ? String(body.nextLink) : undefined;
  return { value: body.value, ...(next === undefined ? {} : { nextLink: next }) };
}

const START = 'https://arm/list?api-version=1&$filter=a%20b';

test('following nextLink gives every entry once, whatever the keys and the size of a page', () => {
  const keys = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 30 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 10 }), (all, size) => {
      const seen: string[] = [];
      for (let url: string | undefined = START; url !== undefined; ) {
        const { value, nextLink } = read(url, all, size);
        assert.ok(value.length <= size && (value.length > 0 || all.length === 0));
        seen.push(...value);
        url = nextLink;
      }
      assert.deepEqual(seen.sort(), [...all].sort());
    }),
  );
});

test('an entry deleted between two pages hides no other', () => {
  const first = read(START, ['a', 'b', 'c', 'd'], 2);
  assert.deepEqual(first.value, ['a', 'b']);
  assert.deepEqual(read(String(first.nextLink), ['a', 'c', 'd'], 2).value, ['c', 'd']);
});

test('nextLink keeps the rest of the query', () => {
  const { searchParams } = new URL(String(read(START, ['a', 'b'], 1).nextLink));
  assert.equal(searchParams.get('$filter'), 'a b');
  assert.equal(searchParams.get('api-version'), '1');
});

test('a token that is none is refused', () => {
  assert.throws(
    () => read('https://arm/list?$skiptoken=%00', ['a'], 1),
    (error) => error instanceof ArmError && error.code === 'InvalidSkipToken',
  );
});
