import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { poll, pollInterval } from './polling.ts';

test('short work is looked at often, long work seldom', () => {
  assert.equal(pollInterval(0), 1_000);
  assert.equal(pollInterval(60_000), 6_000);
  assert.equal(pollInterval(12 * 60_000), 15_000);
});

test('twelve minutes of work cost fewer than ninety looks', async () => {
  const clock = createFakeClock();
  const startedAt = clock.now();
  let looks = 0;
  const done = poll(
    async (elapsedMs) => {
      looks++;
      return elapsedMs >= 12 * 60_000 ? 'done' : undefined;
    },
    { clock, signal: new AbortController().signal, startedAt },
  );
  await clock.advance(13 * 60_000);
  assert.equal(await done, 'done');
  assert.ok(looks < 90, `${looks} looks`);
});

test('an aborted signal ends it with its reason', async () => {
  const clock = createFakeClock();
  const end = new AbortController();
  const times = { clock, signal: end.signal, startedAt: clock.now() };
  const waiting = poll(async () => undefined, times);
  await clock.advance(500);
  end.abort(new Error('caller left'));
  await assert.rejects(waiting, /caller left/);
});
