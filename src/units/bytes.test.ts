import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, gibibyte, tebibyte } from './bytes.ts';

test('a size is shown in the largest unit that shows it exactly', () => {
  assert.equal(formatBytes(48n * tebibyte), '48 TiB');
  assert.equal(formatBytes(gibibyte + gibibyte / 2n), '1.5 GiB');
  assert.equal(formatBytes(1536n * tebibyte), '1.5 PiB');
  assert.equal(formatBytes(0n), '0 bytes');
});

test('a size that two decimals cannot show is given to the byte', () => {
  assert.equal(formatBytes(tebibyte + 1n), '1099511627777 bytes');
});
