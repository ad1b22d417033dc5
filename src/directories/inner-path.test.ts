import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { innerPathProblem, joinInner, overlaps, pathsAbove } from './inner-path.ts';

test('a path that is taken stays below the mount, whatever it is made of', () => {
  const part = fc.constantFrom('..', '.', '', 'a', 'b c', '.berth', '...', 'ü', '/');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const path = parts.join('/');
      if (innerPathProblem(path) !== undefined) return;
      const resolved = posix.resolve('/mount', path);
      assert.equal(resolved, `/mount/${path}`);
      assert.ok(!resolved.startsWith('/mount/.berth'));
    }),
  );
});

test('what is no path below the root is refused', () => {
  for (const path of ['', '.', '/', '/a', 'a/', '..', '../a', 'a/../b', 'a//b', './a', 'a\nb', '.berth/x'])
    assert.ok(innerPathProblem(path), JSON.stringify(path));
  assert.match(innerPathProblem('ü'.repeat(128)) ?? '', /255 bytes/);
  assert.match(innerPathProblem(`${`${'a'.repeat(200)}/`.repeat(20)}a`) ?? '', /3000 bytes/);
  for (const path of ['a', 'a/b', '..a', 'a/.berth', 'a b']) assert.equal(innerPathProblem(path), undefined);
});

test('the directories above a path, outermost first, without itself', () => {
  assert.deepEqual(pathsAbove('a/b/c'), ['a', 'a/b']);
  assert.deepEqual(pathsAbove('a'), []);
  assert.equal(joinInner('', 'a'), 'a');
  assert.equal(joinInner('b', 'a'), 'b/a');
});

test('two paths overlap where one is the other or holds it, and not because their names begin alike', () => {
  assert.ok(overlaps('a', 'a') && overlaps('a', 'a/b') && overlaps('a/b', 'a') && overlaps('', 'a'));
  assert.ok(!overlaps('a', 'ab') && !overlaps('a/b', 'a/c'));
});
