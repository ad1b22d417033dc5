import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remainingMs, withDeadline } from './deadline.ts';
import { createFakeClock } from './testing/fake-clock.ts';

const never = new AbortController().signal;

test('a scope ends at its deadline with the reason made then, not before', async () => {
  const clock = createFakeClock();
  const { signal } = withDeadline(clock, never, clock.now() + 1000, () => 'too late');
  await clock.advance(999);
  assert.equal(signal.aborted, false);
  await clock.advance(1);
  assert.equal(signal.reason, 'too late');
});

test('a scope ends with its parent and keeps the reason', () => {
  const clock = createFakeClock();
  const parent = new AbortController();
  const { signal } = withDeadline(clock, parent.signal, clock.now() + 1000, () => 'too late');
  parent.abort('caller left');
  assert.equal(signal.reason, 'caller left');
});

test('a disposed scope leaves no timer behind and never ends', async () => {
  const clock = createFakeClock();
  const scope = withDeadline(clock, never, clock.now() + 1000, () => 'too late');
  scope.dispose();
  await clock.advance(2000);
  assert.equal(scope.signal.aborted, false);
  assert.deepEqual(clock.pending(), []);
});

test('a deadline in the past has ended already; without one the parent alone counts', () => {
  const clock = createFakeClock();
  assert.equal(withDeadline(clock, never, clock.now() - 5, () => 'too late').signal.reason, 'too late');
  assert.equal(withDeadline(clock, never, undefined, () => 'x').signal, never);
});

test('what remains is never negative and endless without a deadline', () => {
  const clock = createFakeClock();
  assert.equal(remainingMs(clock, clock.now() + 7), 7);
  assert.equal(remainingMs(clock, clock.now() - 7), 0);
  assert.equal(remainingMs(clock, undefined), Number.POSITIVE_INFINITY);
});
