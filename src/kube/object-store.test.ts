import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createObjectStore } from './object-store.ts';
import type { KubeObject } from './objects.ts';

const object = (name: string, resourceVersion: string): KubeObject => ({
  metadata: { name, resourceVersion },
});

/** A store and a second copy of its content that knows only what the handlers were told. */
function storeWithMirror() {
  const mirror = new Map<string, string>();
  const store = createObjectStore<KubeObject, { name: string; version: string }>(
    ({ metadata }) => ({ name: metadata.name ?? '', version: metadata.resourceVersion ?? '' }),
    {
      add: ({ name, version }) => {
        assert(!mirror.has(name));
        mirror.set(name, version);
      },
      update: ({ name, version }, before) => {
        assert.equal(mirror.get(name), before.version);
        mirror.set(name, version);
      },
      delete: ({ name, version }) => {
        assert.equal(mirror.get(name), version);
        mirror.delete(name);
      },
    },
    (error) => assert.fail(String(error)),
  );
  return { store, mirror };
}

const versions = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'));

test('whoever follows the handlers alone ends with the same content, over any replacement', () => {
  fc.assert(
    fc.property(fc.array(versions), (contents) => {
      const { store, mirror } = storeWithMirror();
      for (const content of contents) {
        const replacement = store.startReplacement();
        for (const [name, version] of Object.entries(content)) replacement.add(object(name, version));
        replacement.commit();
        assert.deepEqual(new Map(Object.entries(content)), mirror);
        assert.equal(store.size(), mirror.size);
      }
    }),
  );
});

test('single changes are told, and the same version again is not', () => {
  const { store, mirror } = storeWithMirror();
  store.put(object('a', '1'));
  store.put(object('a', '1'));
  store.put(object('a', '2'));
  assert.deepEqual([...mirror], [['a', '2']]);
  store.remove(object('a', '3'));
  store.remove(object('a', '3'));
  assert.equal(mirror.size, 0);
});

test('a handler that throws is reported and does not keep the store from its content', () => {
  const errors: unknown[] = [];
  const store = createObjectStore<KubeObject, KubeObject>(
    (whole) => whole,
    {
      add: () => {
        throw new Error('handler');
      },
    },
    (error) => errors.push(error),
  );
  store.put(object('a', '1'));
  assert.equal(errors.length, 1);
  assert.equal(store.get({ name: 'a' })?.metadata.resourceVersion, '1');
});
