import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { createAlarm } from './alarm.ts';

const fail = (error?: unknown): never => assert.fail(`it rang: ${error}`);

test('it rings once, at the last time it was set to', async () => {
  const clock = createFakeClock(0);
  const rung: number[] = [];
  const alarm = createAlarm(clock, () => rung.push(clock.now()), fail);
  alarm.set(1000);
  alarm.set(5000);
  await clock.advance(10_000);
  assert.deepEqual(rung, [5000]);
});

test('it is silent once it is closed or set to nothing', async () => {
  const clock = createFakeClock(0);
  const alarm = createAlarm(clock, fail, fail);
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
