import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { createRunningCalls } from './running-calls.ts';

test('draining aborts reads and waits at once, and mounts only when patience ends', async () => {
  const clock = createFakeClock();
  const calls = createRunningCalls(clock);
  const create = calls.start('CreateVolume');
  const publish = calls.start('NodePublishVolume');
  const drained = calls.drain(20_000);
  assert.deepEqual([create.abort.signal.aborted, publish.abort.signal.aborted], [true, false]);
  create.end();
  await clock.advance(19_999);
  assert.equal(publish.abort.signal.aborted, false);
  await clock.advance(1);
  assert.equal(publish.abort.signal.aborted, true);
  publish.end();
  assert.equal(await drained, 0);
  assert.deepEqual(clock.pending(), []);
});

test('draining ends even when a call never does, and says so', async () => {
  const clock = createFakeClock();
  const calls = createRunningCalls(clock);
  calls.start('NodeUnpublishVolume');
  const drained = calls.drain(20_000);
  await clock.advance(22_000);
  assert.equal(await drained, 1);
});

test('a call that slips in while draining is told to stop', async () => {
  const calls = createRunningCalls(createFakeClock());
  assert.equal(await calls.drain(0), 0);
  assert.equal(calls.start('Probe').abort.signal.aborted, true);
});
