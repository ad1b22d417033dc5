import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatQuantity, parseQuantity } from './quantity.ts';

test('every suffix of Kubernetes is understood', () => {
  const expected: Readonly<Record<string, bigint>> = {
    '48Ti': 48n * 2n ** 40n,
    '1Ki': 1024n,
    '1Mi': 2n ** 20n,
    '10Gi': 10n * 2n ** 30n,
    '2Pi': 2n ** 51n,
    '1Ei': 2n ** 60n,
    '3k': 3000n,
    '3M': 3_000_000n,
    '3G': 3_000_000_000n,
    '3T': 3n * 10n ** 12n,
    '3P': 3n * 10n ** 15n,
    '3E': 3n * 10n ** 18n,
    '128974848': 128974848n,
    '129e6': 129_000_000n,
    '1E3': 1000n,
    '12E-1': 2n,
    '+5': 5n,
    '-1Ki': -1024n,
  };
  for (const [text, bytes] of Object.entries(expected)) assert.equal(parseQuantity(text), bytes, text);
});

test('a fraction counts exactly and what is left of a byte is rounded away from zero', () => {
  assert.equal(parseQuantity('1.5Gi'), 1610612736n);
  assert.equal(parseQuantity('0.1Ki'), 103n);
  assert.equal(parseQuantity('.5k'), 500n);
  assert.equal(parseQuantity('5.'), 5n);
  assert.equal(parseQuantity('1500m'), 2n);
  assert.equal(parseQuantity('1n'), 1n);
  assert.equal(parseQuantity('-1500m'), -2n);
});

test('values beyond int64 are capped as Kubernetes caps them, without computing huge powers', () => {
  const max = 2n ** 63n - 1n;
  for (const text of ['8Ei', '10E', '1e999999999', '9223372036854775808']) {
    assert.equal(parseQuantity(text), max, text);
  }
  assert.equal(parseQuantity('1e-999999999'), 1n);
  assert.equal(parseQuantity('0e999999999'), 0n);
});

test('what is no quantity is recognised as such', () => {
  for (const text of [
    '',
    ' ',
    '10 Gi',
    '10GB',
    '10gi',
    'Gi',
    '.',
    '1.2.3',
    '1e',
    '0x10',
    '--1',
    '10Kii',
    '1e3Gi',
  ]) {
    assert.equal(parseQuantity(text), undefined, text);
  }
});

test('a formatted size is read back as the same size, in the largest suffix that fits', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (bytes) => {
      assert.equal(parseQuantity(formatQuantity(bytes)), bytes);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(1n, 1023n), fc.constantFrom('Ki', 'Mi', 'Gi', 'Ti', 'Pi'), (count, suffix) => {
      assert.equal(formatQuantity(parseQuantity(`${count}${suffix}`) ?? 0n), `${count}${suffix}`);
    }),
  );
});

test('decimals with a binary suffix are exact', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 6n), fc.nat(999), (whole, thousandths) => {
      const text = `${whole}.${String(thousandths).padStart(3, '0')}Gi`;
      const exact = (whole * 1000n + BigInt(thousandths)) * 2n ** 30n;
      assert.equal(parseQuantity(text), (exact + 999n) / 1000n);
    }),
  );
});

test('a size is written as Kubernetes writes it', () => {
  assert.equal(formatQuantity(52776558133248n), '48Ti');
  assert.equal(formatQuantity(1610612736n), '1536Mi');
  assert.equal(formatQuantity(1000n), '1000');
  assert.equal(formatQuantity(0n), '0');
});
