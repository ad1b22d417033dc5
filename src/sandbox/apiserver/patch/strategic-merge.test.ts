import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { strategicMerge } from './strategic-merge.ts';

const pod = (...containers: object[]) => ({ spec: { containers } });
const merge = (original: object, patch: object) =>
  strategicMerge('V1Pod', original as Record<string, unknown>, patch as Record<string, unknown>);

/** As it comes off the wire: with ordinary prototypes. */
const plain = (value: object): object => JSON.parse(JSON.stringify(value));

describe('strategic merge patch', () => {
  test('containers merge by name', () => {
    const original = pod({ name: 'a', image: '1' }, { name: 'b', image: '1' });
    assert.deepEqual(
      merge(original, pod({ name: 'b', image: '2' }, { name: 'c', image: '3' })),
      pod({ name: 'a', image: '1' }, { name: 'b', image: '2' }, { name: 'c', image: '3' }),
    );
    assert.deepEqual(
      original,
      pod({ name: 'a', image: '1' }, { name: 'b', image: '1' }),
      'the original is left alone',
    );
  });

  test('an item, or the whole list, is removed or replaced on demand', () => {
    const original = pod({ name: 'a' }, { name: 'b' });
    assert.deepEqual(merge(original, pod({ $patch: 'delete', name: 'a' })), pod({ name: 'b' }));
    assert.deepEqual(merge(original, pod({ $patch: 'replace' }, { name: 'z' })), pod({ name: 'z' }));
  });

  test('nested lists merge by their own keys', () => {
    const original = pod({ name: 'a', env: [{ name: 'X', value: '1' }], args: ['1', '2'] });
    const patch = pod({ name: 'a', env: [{ name: 'Y', value: '2' }], args: ['3'] });
    assert.deepEqual(
      merge(original, patch),
      pod({
        name: 'a',
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
        args: ['3'],
      }),
    );
  });

  test('null removes, also inside an item', () => {
    const original = {
      metadata: { labels: { a: '1', b: '2' } },
      ...pod({ name: 'a', image: '1', command: ['x'] }),
    };
    const patch = { metadata: { labels: { a: null } }, ...pod({ name: 'a', command: null }) };
    assert.deepEqual(merge(original, patch), {
      metadata: { labels: { b: '2' } },
      ...pod({ name: 'a', image: '1' }),
    });
  });

  test('a volume that changes its kind loses the old one through $retainKeys', () => {
    const original = { spec: { volumes: [{ name: 'v', emptyDir: {} }] } };
    const patch = {
      spec: { volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'v', hostPath: { path: '/x' } }] },
    };
    assert.deepEqual(merge(original, patch), {
      spec: { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
    });
  });

  test('finalizers are a set that values can be taken out of', () => {
    const original = { metadata: { finalizers: ['a', 'b'] } };
    assert.deepEqual(merge(original, { metadata: { finalizers: ['b', 'c'] } }), {
      metadata: { finalizers: ['a', 'b', 'c'] },
    });
    assert.deepEqual(merge(original, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }), {
      metadata: { finalizers: ['b'] },
    });
  });

  test('$setElementOrder orders what the sender knows and keeps the rest before what it stood before', () => {
    const original = pod({ name: 'a' }, { name: 'x' }, { name: 'b' });
    const patch = { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } };
    assert.deepEqual(merge(original, patch), pod({ name: 'x' }, { name: 'b' }, { name: 'a' }));
  });

  test('a map is replaced or emptied on demand', () => {
    const original = { metadata: { labels: { a: '1' }, annotations: { b: '2' } } };
    assert.deepEqual(
      merge(original, {
        metadata: { labels: { $patch: 'replace', c: '3' }, annotations: { $patch: 'delete' } },
      }),
      { metadata: { labels: { c: '3' }, annotations: {} } },
    );
  });

  test('an item without its key is refused', () => {
    assert.throws(
      () => merge(pod({ name: 'a' }), pod({ image: '1' })),
      /does not contain declared merge key: name/,
    );
  });

  test('patching twice is patching once', () => {
    const text = fc.constantFrom('a', 'b', 'c', 'd');
    const container = fc.record(
      {
        name: text,
        image: text,
        env: fc.uniqueArray(fc.record({ name: text, value: text }), { selector: (one) => one.name }),
      },
      { requiredKeys: ['name'] },
    );
    const pods = fc.record(
      {
        metadata: fc.record(
          { labels: fc.dictionary(text, text), finalizers: fc.uniqueArray(text) },
          { requiredKeys: [] },
        ),
        spec: fc.record(
          { containers: fc.uniqueArray(container, { selector: (one) => one.name }), restartPolicy: text },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(pods.map(plain), pods.map(plain), (original, patch) => {
        const once = merge(original, patch);
        assert.deepEqual(merge(once, patch), once);
        assert.deepEqual(merge(original, {}), original);
      }),
    );
  });
});
