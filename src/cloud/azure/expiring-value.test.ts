import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiringValue } from './expiring-value.ts';
import { createEagerClock } from './testing/eager-clock.ts';

const forever = new AbortController().signal;

test('a value is loaded once for all who ask at once, and again when it has ended', async () => {
  const clock = createEagerClock();
  let loads = 0;
  const value = expiringValue(clock, 1000, async () => ++loads);
  assert.deepEqual(await Promise.all([value.get(forever), value.get(forever)]), [1, 1]);
  clock.pass(999);
  assert.equal(await value.get(forever), 1);
  clock.pass(1);
  assert.equal(await value.get(forever), 2);
});

test('a failed load is told to all who wait and not kept', async () => {
  let loads = 0;
  const value = expiringValue(createEagerClock(), 1000, async () => {
    if (++loads === 1) throw new Error('away');
    return loads;
  });
  const both = await Promise.allSettled([value.get(forever), value.get(forever)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await value.get(forever), 2);
});

test('a caller that leaves gets its own reason and does not end the load', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const value = expiringValue(createEagerClock(), 1000, () => promise);
  const caller = new AbortController();
  const leaving = value.get(caller.signal);
  caller.abort(new Error('deadline'));
  await assert.rejects(leaving, /deadline/);
  resolve('here');
  assert.equal(await value.get(forever), 'here');
  await assert.rejects(value.get(AbortSignal.abort(new Error('before'))), /before/);
});
