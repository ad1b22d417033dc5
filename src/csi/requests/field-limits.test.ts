import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forbiddenCharacter, listTooLarge, mapTooLarge, tooLong, unusablePath } from './field-limits.ts';

test('strings count in bytes, 128 at most', () => {
  assert.equal(tooLong('Name', 'a'.repeat(128)), undefined);
  assert.equal(tooLong('Name', 'ä'.repeat(64)), undefined);
  assert.equal(tooLong('Name', 'ä'.repeat(65)), 'Name must not be longer than 128 bytes, it has 130');
});

test('maps and lists count as a whole, 4096 bytes at most', () => {
  assert.equal(mapTooLarge('Parameters', { a: 'x'.repeat(4095) }), undefined);
  assert.match(mapTooLarge('Parameters', { a: 'x'.repeat(2048), b: 'x'.repeat(2047) }) ?? '', /4097/);
  assert.equal(listTooLarge('mount_flags', ['x'.repeat(4096)]), undefined);
  assert.match(listTooLarge('mount_flags', ['x'.repeat(4096), 'y']) ?? '', /4097/);
});

test('names may hold any character but the control characters CSI lists', () => {
  for (const name of ['pvc-1', 'Größe', '名前', 'a b\tc\nd\re', '🛥']) {
    assert.equal(forbiddenCharacter('Name', name), undefined, name);
  }
  for (const [character, code] of [
    ['\0', '0000'],
    ['\u000b', '000B'],
    ['\u001f', '001F'],
    ['\u007f', '007F'],
    ['\u009f', '009F'],
  ]) {
    assert.equal(
      forbiddenCharacter('Name', `a${character}b`),
      `Name must not contain the control character U+${code}`,
    );
  }
});

test('a target path is absolute, stays where it says and is never the root', () => {
  for (const path of ['/var/lib/kubelet/pods/1/mount', '/a', '/a/./b/', `/${'a'.repeat(4094)}`, '/..a/b']) {
    assert.equal(unusablePath('Target path', path), undefined, path.slice(0, 50));
  }
  for (const path of [
    'a/b',
    './a',
    '',
    '/',
    '//',
    '/.',
    '/a/..',
    '/../etc',
    '/a\0b',
    `/${'a'.repeat(4095)}`,
  ]) {
    assert.match(unusablePath('Target path', path) ?? '', /^Target path must/, path.slice(0, 50));
  }
});

test('no path that leads to the root or above its start passes', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', 'b')), (parts) => {
      const path = `/${parts.join('/')}`;
      const passes = unusablePath('Target path', path) === undefined;
      assert.equal(passes, !parts.includes('..') && parts.some((part) => part === 'a' || part === 'b'), path);
    }),
  );
});
