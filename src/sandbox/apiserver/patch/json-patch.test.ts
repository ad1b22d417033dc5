import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StatusError } from '../http/status-error.ts';
import { jsonPatch } from './json-patch.ts';

describe('JSON patch', () => {
  test('applies its operations to a copy', () => {
    const original = { metadata: { labels: { a: '1' } } };
    const patched = jsonPatch(original, [
      { op: 'test', path: '/metadata/labels/a', value: '1' },
      { op: 'add', path: '/metadata/labels/b~1c', value: '2' },
      { op: 'remove', path: '/metadata/labels/a' },
    ]);
    assert.deepEqual(patched, { metadata: { labels: { 'b/c': '2' } } });
    assert.deepEqual(original, { metadata: { labels: { a: '1' } } });
  });

  test('one that does not apply is refused as a whole', () => {
    for (const operation of [
      { op: 'remove', path: '/missing' },
      { op: 'test', path: '/a', value: 2 },
    ]) {
      assert.throws(
        () => jsonPatch({ a: 1 }, [operation]),
        (error) => error instanceof StatusError && error.reason === 'Invalid',
      );
    }
  });

  test('what is no list of operations is refused', () => {
    for (const [patch, reason] of [
      [{}, 'BadRequest'],
      [[{ op: 'fly', path: '/a' }], 'Invalid'],
      [[1], 'Invalid'],
    ] as const) {
      assert.throws(
        () => jsonPatch({}, patch),
        (error) => error instanceof StatusError && error.reason === reason,
      );
    }
  });

  test('replacing a field that is not there adds it', () => {
    assert.deepEqual(jsonPatch({ a: {} }, [{ op: 'replace', path: '/a/b', value: 1 }]), { a: { b: 1 } });
  });
});
