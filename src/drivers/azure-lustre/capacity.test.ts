import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gibibyte, tebibyte } from '../../units/bytes.ts';
import { bytesOfTiB, planCapacity, tibOfBytes } from './capacity.ts';

const premium125 = { incrementTiB: 16, maximumTiB: 128 };
const range = (requiredBytes: bigint, limitBytes = 0n) => ({ requiredBytes, limitBytes });

test('a size is rounded up to the step, and a claim without one gets the smallest', () => {
  assert.deepEqual(planCapacity(range(gibibyte), premium125), { bytes: 16n * tebibyte });
  assert.deepEqual(planCapacity(range(48n * tebibyte), premium125), { bytes: 48n * tebibyte });
  assert.deepEqual(planCapacity(range(48n * tebibyte + 1n), premium125), { bytes: 64n * tebibyte });
  assert.deepEqual(planCapacity(range(0n), premium125), { bytes: 16n * tebibyte });
  assert.deepEqual(planCapacity(range(0n), { incrementTiB: 4, maximumTiB: 128 }), { bytes: 4n * tebibyte });
});

test('sizes beyond a bound are out of range, with the upstream texts', () => {
  const tooLarge = planCapacity(range(129n * tebibyte), premium125).refusal;
  assert.equal(tooLarge?.code, 'out-of-range');
  assert.equal(
    tooLarge?.message,
    `Requested capacity ${144n * tebibyte} exceeds maximum capacity ${128n * tebibyte} for SKU in this location`,
  );
  const overLimit = planCapacity(range(gibibyte, 10n * tebibyte), premium125).refusal;
  assert.equal(overLimit?.code, 'out-of-range');
  assert.equal(
    overLimit?.message,
    `CreateVolume required capacity ${16n * tebibyte} is greater than capacity limit ${10n * tebibyte}`,
  );
  assert.equal(
    planCapacity(range(2n ** 63n - 1n), premium125).refusal?.message,
    `Requested capacity ${2n ** 63n - 1n} cannot be rounded up to next block of size ${16n * tebibyte}, value overflow`,
  );
});

test('the result is a whole number of steps, not below what is asked for, and less than one step above', () => {
  const sizes = fc.bigInt({ min: 1n, max: 120n * tebibyte });
  fc.assert(
    fc.property(sizes, fc.constantFrom(4, 8, 16, 48, 17.6), (required, incrementTiB) => {
      const { bytes } = planCapacity(range(required), { incrementTiB, maximumTiB: 1e6 });
      const step = bytesOfTiB(incrementTiB);
      assert.equal(bytes % step, 0n);
      assert.ok(bytes >= required && bytes - required < step);
    }),
  );
});

test("ARM's floating-point sizes survive the way there and back", () => {
  for (const tib of [4, 17.6, 48, 768, 1536]) assert.equal(tibOfBytes(bytesOfTiB(tib)), tib);
});
