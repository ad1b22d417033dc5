import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from './testing/fake-clock.ts';
import { TimeoutError, withTimeout } from './with-timeout.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test('work that takes too long hears of it by its signal', async () => {
  const clock = createFakeClock();
  const result = withTimeout(clock, 5000, undefined, untilAborted);
  await Promise.all([assert.rejects(result, TimeoutError), clock.advance(5000)]);
});

test('the outer signal passes its reason on, before or during the work', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const reason = new Error('stop');
  const result = withTimeout(clock, 5000, stop.signal, untilAborted);
  stop.abort(reason);
  await assert.rejects(result, reason);
  await assert.rejects(withTimeout(clock, 5000, stop.signal, untilAborted), reason);
});

test('work that ends in time leaves no timer behind', async () => {
  const clock = createFakeClock();
  assert.equal(await withTimeout(clock, 5000, undefined, () => Promise.resolve(7)), 7);
  assert.deepEqual(clock.pending(), []);
});
