import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { createSendRate } from './send-rate.ts';

test('nothing waits until AWS throttles', () => {
  const rate = createSendRate(createFakeClock());
  for (let i = 0; i < 1000; i++) assert.equal(rate.reserve(), 0);
  rate.succeeded();
  assert.equal(rate.reserve(), 0);
});

test('after a throttling requests are spaced below the rate that was refused', async () => {
  const clock = createFakeClock();
  const rate = createSendRate(clock);
  for (let i = 0; i < 100; i++) {
    rate.reserve();
    await clock.advance(10);
  }
  rate.throttled(clock.now());
  const waits = Array.from({ length: 3 }, () => rate.reserve());
  const step = (waits[2] ?? 0) - (waits[1] ?? 0);
  // 100 requests a second were refused: 70 a second leave.
  assert.ok(step > 1000 / 100 && step < 1000 / 50, String(step));
});

test('refusals of requests that left before the rate was lowered do not lower it again', async () => {
  const clock = createFakeClock();
  const rate = createSendRate(clock);
  const sentAt = clock.now();
  for (let i = 0; i < 100; i++) rate.reserve();
  await clock.advance(20);
  for (let i = 0; i < 100; i++) rate.throttled(sentAt);
  rate.reserve();
  assert.ok(rate.reserve() < 100);
});

test('against a limit of 20 a second nearly all of them pass and few are refused', async () => {
  const clock = createFakeClock();
  const rate = createSendRate(clock);
  let [tokens, filledAt] = [20, clock.now()];
  let [passed, refused] = [0, 0];
  const end = clock.now() + 60_000;
  while (clock.now() < end) {
    const wait = rate.reserve();
    if (wait > 0) await clock.advance(wait);
    else await clock.advance(1);
    tokens = Math.min(20, tokens + ((clock.now() - filledAt) * 20) / 1000);
    filledAt = clock.now();
    if (tokens >= 1) {
      tokens--;
      passed++;
      rate.succeeded();
    } else {
      refused++;
      rate.throttled(clock.now());
    }
  }
  assert.ok(passed > 60 * 20 * 0.75, `${passed} passed`);
  assert.ok(refused < passed * 0.05, `${refused} refused`);
});
