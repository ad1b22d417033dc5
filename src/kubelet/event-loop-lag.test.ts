import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { watchEventLoop } from './event-loop-lag.ts';

test('the lag is how late the last timer came, and is forgotten when timers are on time again', async () => {
  const clock = createFakeClock();
  let blocked = 0;
  const lag = watchEventLoop({ now: () => clock.now() + blocked, sleep: clock.sleep });
  assert.equal(lag.current(), 0);
  blocked = 2_500;
  await clock.advance(1_000);
  assert.equal(lag.current(), 2_500);
  await clock.advance(1_000);
  assert.equal(lag.current(), 0);
  lag.close();
  assert.deepEqual(clock.pending(), []);
});

test('a wall clock that is set back is no lag', async () => {
  const clock = createFakeClock();
  let back = 0;
  const lag = watchEventLoop({ now: () => clock.now() - back, sleep: clock.sleep });
  back = 3_600_000;
  await clock.advance(1_000);
  assert.equal(lag.current(), 0);
  lag.close();
});
