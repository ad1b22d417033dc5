import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';

test('a sleep longer than a timer can hold does not end at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let woken = false;
  const sleep = systemClock.sleep(2 ** 31 + 5000).then(() => {
    woken = true;
  });
  t.mock.timers.tick(2 ** 31 - 1);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(woken, false);
  t.mock.timers.tick(5001);
  await sleep;
  assert.equal(woken, true);
});

test('a sleep ends with the reason of its signal, also when that came first', async () => {
  const controller = new AbortController();
  const sleep = systemClock.sleep(60_000, controller.signal);
  controller.abort('enough');
  await assert.rejects(sleep, (reason) => reason === 'enough');
  await assert.rejects(systemClock.sleep(1, controller.signal), (reason) => reason === 'enough');
});
