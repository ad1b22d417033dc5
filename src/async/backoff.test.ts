import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffDelay } from './backoff.ts';

test('delays double from the first to the greatest', () => {
  const options = { initialMs: 100, maxMs: 1000 };
  const delays = [0, 1, 2, 3, 4, 5].map((attempt) => backoffDelay(options, attempt, () => 0));
  assert.deepEqual(delays, [100, 200, 400, 800, 1000, 1000]);
});

test('jitter shortens a delay by its share at most and never lengthens it, whatever the attempt', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.nat(5000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (initialMs, maxMs, attempt, random) => {
        const options = { initialMs, maxMs, jitter: 0.5 };
        const full = backoffDelay({ ...options, jitter: 0 }, attempt, () => random);
        const delay = backoffDelay(options, attempt, () => random);
        assert.ok(delay <= full && delay >= full / 2 && full <= maxMs, `${delay} of ${full}`);
      },
    ),
  );
});
