import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mergePatch } from './merge-patch.ts';

describe('JSON merge patch', () => {
  test('sets, replaces and removes', () => {
    const original = { a: { b: 1, c: 2 }, list: [1, 2] };
    const patch = { a: { b: null, d: { e: null, f: 1 } }, list: [3] };
    assert.deepEqual(mergePatch(original, patch), { a: { c: 2, d: { f: 1 } }, list: [3] });
    assert.deepEqual(original, { a: { b: 1, c: 2 }, list: [1, 2] }, 'the original is left alone');
  });

  test('patching twice is patching once', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (original, patch) => {
        const once = mergePatch(original, patch);
        assert.deepEqual(mergePatch(once, patch), once);
      }),
    );
  });
});
