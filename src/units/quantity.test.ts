import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatQuantity, parseQuantity } from './quantity.ts';

test('quantities are read in every notation of Kubernetes', () => {
  const cases = {
    '48Ti': 52776558133248n,
    '1.5Gi': 1610612736n,
    '.5Ki': 512n,
    '2G': 2000000000n,
    '1e3': 1000n,
    '1E3': 1000n,
    '12E': 12000000000000000000n,
    '100m': 1n,
    '1500m': 2n,
    '-1500m': -1n,
    '5e-1': 1n,
    '+7': 7n,
    '0': 0n,
  };
  for (const [text, value] of Object.entries(cases)) assert.equal(parseQuantity(text), value, text);
});

test('what is no quantity is not guessed at', () => {
  for (const text of [
    '',
    'Gi',
    '1 Gi',
    '1gi',
    '1KI',
    '1K',
    '.',
    '1.2.3',
    '0x10',
    '1Gib',
    'toString',
    '1e999',
  ])
    assert.equal(parseQuantity(text), undefined, text);
});

test('a size is written as Kubernetes writes it', () => {
  assert.equal(formatQuantity(52776558133248n), '48Ti');
  assert.equal(formatQuantity(1610612736n), '1536Mi');
  assert.equal(formatQuantity(1000n), '1000');
  assert.equal(formatQuantity(0n), '0');
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n }), (bytes) => {
      assert.equal(parseQuantity(formatQuantity(bytes)), bytes);
    }),
  );
});
