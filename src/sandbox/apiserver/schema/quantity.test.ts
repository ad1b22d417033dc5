import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalQuantity, nanoOf, parseQuantity } from './quantity.ts';

describe('quantities', () => {
  const canonical: readonly (readonly [string, string])[] = [
    ['48Ti', '48Ti'],
    ['1024Gi', '1Ti'],
    ['1536Mi', '1536Mi'],
    ['1000', '1k'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1e3', '1e3'],
    ['5', '5'],
    ['0', '0'],
    ['512', '512'],
    ['100Ki', '100Ki'],
    ['-1Gi', '-1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.1n', '1n'],
  ];
  for (const [given, expected] of canonical) {
    test(`${given} is kept as ${expected}`, () => assert.equal(canonicalQuantity(given), expected));
  }

  test('what is no quantity is refused', () => {
    for (const text of ['', '48Zi', 'Gi', '1 Gi', '1.2.3', '1e', 'abc', '--1', '1e999999']) {
      assert.equal(canonicalQuantity(text), undefined, text);
    }
  });

  test('the canonical form has the value of what was given and is its own canonical form', () => {
    const number = fc.tuple(fc.nat(10_000_000), fc.option(fc.nat(999), { nil: undefined }));
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e2', 'E3');
    fc.assert(
      fc.property(number, suffix, ([whole, fraction], unit) => {
        const text = `${whole}${fraction === undefined ? '' : `.${fraction}`}${unit}`;
        const form = canonicalQuantity(text) ?? assert.fail(text);
        assert.equal(nanoOf(form), parseQuantity(text)?.nano, `${text} → ${form}`);
        assert.equal(canonicalQuantity(form), form);
      }),
    );
  });
});
