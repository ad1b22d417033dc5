import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../../async/testing/fake-clock.ts';
import { createAlarm } from './alarm.ts';

test('it rings once, at the last time it was set to', async () => {
  const clock = createFakeClock(0);
  const rung: number[] = [];
  const alarm = createAlarm(clock, () => rung.push(clock.now()), assert.fail);
  alarm.set(1000);
  alarm.set(5000);
  await clock.advance(10_000);
  assert.deepEqual(rung, [5000]);
});

test('it rings after a wait longer than a timer holds', async () => {
  const clock = createFakeClock(0);
  const rung: number[] = [];
  const alarm = createAlarm(clock, () => rung.push(clock.now()), assert.fail);
  const month = 31 * 24 * 60 * 60 * 1000;
  alarm.set(month);
  await clock.advance(month);
  assert.deepEqual(rung, [month]);
});

test('it is silent once it is closed or set to nothing', async () => {
  const clock = createFakeClock(0);
  const alarm = createAlarm(clock, assert.fail, assert.fail);
  alarm.set(1000);
  alarm.set(undefined);
  alarm.set(2000);
  alarm.close();
  await clock.advance(5000);
  assert.deepEqual(clock.pending(), []);
});

test('what goes wrong while it rings is reported', async () => {
  const clock = createFakeClock(0);
  const errors: unknown[] = [];
  const broken = new Error('broken');
  const ring = () => {
    throw broken;
  };
  createAlarm(clock, ring, (error) => errors.push(error)).set(1);
  await clock.advance(1);
  assert.deepEqual(errors, [broken]);
});
