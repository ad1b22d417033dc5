import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileSystemName } from './file-system-name.ts';

test('a name that Azure takes stays as it is', () => {
  for (const name of ['pvc-0b7e4c1a-6e47-4c69-9f3b-0f8f5a1b2c3d', 'a1', 'x'.repeat(80)])
    assert.equal(fileSystemName(name), name);
});

test('any other becomes a readable beginning and a hash, always the same', () => {
  const long = `sanity-controller-${'y'.repeat(110)}`;
  assert.match(fileSystemName(long), /^sanity-controller-y{22}-[0-9a-f]{16}$/);
  assert.equal(fileSystemName(long), fileSystemName(long));
  assert.match(fileSystemName('über/alles'), /^ber-alles-[0-9a-f]{16}$/);
  assert.match(fileSystemName('日本'), /^volume-[0-9a-f]{16}$/);
});

test('whatever the volume is called, Azure takes the name and different volumes differ', () => {
  const azure = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,78}[a-zA-Z0-9]$/;
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
      assert.match(fileSystemName(a), azure);
      assert.equal(fileSystemName(a) === fileSystemName(b), a === b);
    }),
  );
});
