import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gibibyte, tebibyte } from '../../../units/bytes.ts';
import { exceedsRounding, parseRoundingLimit } from './rounding-limit.ts';

const exceeds = (limit: string, wanted: bigint, bytes: bigint) => {
  const parsed = parseRoundingLimit(limit);
  assert.ok(parsed, limit);
  return exceedsRounding(parsed, wanted, bytes);
};

test('a number is a factor, a quantity is what may be added', () => {
  assert.equal(exceeds('2', 8n * tebibyte, 16n * tebibyte), undefined);
  assert.equal(exceeds('1.5', 8n * tebibyte, 16n * tebibyte), 'at most 1.5 times what is asked for');
  assert.equal(exceeds('8Ti', 8n * tebibyte, 16n * tebibyte), undefined);
  assert.equal(exceeds('7Ti', 8n * tebibyte, 16n * tebibyte), 'at most 7 TiB more than is asked for');
  assert.ok(exceeds('100', gibibyte, 16n * tebibyte));
});

test('1 and 0Gi allow no rounding at all, and what is not rounded always passes', () => {
  for (const limit of ['1', '0Gi']) assert.ok(exceeds(limit, 16n * tebibyte - 1n, 16n * tebibyte), limit);
  fc.assert(
    fc.property(
      fc.bigInt(1n, 2n ** 60n),
      fc.constantFrom('1', '1.000001', '3', '0Gi', '1Ki'),
      (bytes, limit) => {
        assert.equal(exceeds(limit, bytes, bytes), undefined);
      },
    ),
  );
});

test('a larger limit never refuses what a smaller one allows', () => {
  const size = fc.bigInt(1n, 2n ** 50n);
  fc.assert(
    fc.property(
      size,
      size,
      fc.integer({ min: 1, max: 1000 }),
      fc.nat(1000),
      (wanted, extra, factor, more) => {
        const bytes = wanted + extra;
        if (exceeds(String(factor), wanted, bytes) === undefined)
          assert.equal(exceeds(String(factor + more), wanted, bytes), undefined);
      },
    ),
  );
});

test('anything else is no limit', () => {
  for (const text of ['', '0', '0.5', '-1', '-1Ti', 'two', '2x', '1e3', '0.9999999', 'Ti', ' 2'])
    assert.equal(parseRoundingLimit(text), undefined, text);
});
