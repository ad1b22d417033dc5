import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { limitUnmounts } from './limit-unmounts.ts';
import { silentSuccess } from './testing/fake-run-command.ts';

/** Lets everything happen that needs no time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}

function oneAtATime() {
  const clock = createFakeClock();
  const running = new Map<string, () => void>();
  const run = limitUnmounts(
    ({ args: [target = ''] }) => new Promise((resolve) => running.set(target, () => resolve(silentSuccess))),
    clock,
    { atOnce: 1, patienceMs: 5_000 },
  );
  const start = (program: string, target: string, signal?: AbortSignal) =>
    run({ program, args: [target], timeoutMs: 10_000, ...(signal && { signal }) });
  const end = (target: string) => {
    running.get(target)?.();
    running.delete(target);
    return settled();
  };
  return { clock, start, end, running: () => [...running.keys()] };
}

test('unmounts take turns, in the order they came', async () => {
  const { start, end, running } = oneAtATime();
  const all = ['a', 'b', 'c'].map((target) => start('umount', target));
  for (const target of ['a', 'b', 'c']) {
    await settled();
    assert.deepEqual(running(), [target]);
    await end(target);
  }
  await Promise.all(all);
});

test('mounts and others wait for no unmount', async () => {
  const { start, running } = oneAtATime();
  void start('umount', 'a');
  void start('mount', 'b');
  void start('stat', 'c');
  await settled();
  assert.deepEqual(running().sort(), ['a', 'b', 'c']);
});

test('an unmount that hangs holds up the others for five seconds and no longer', async () => {
  const { clock, start, end, running } = oneAtATime();
  void start('umount', 'hung');
  const second = start('umount', 'b');
  await settled();
  await clock.advance(4_999);
  assert.deepEqual(running(), ['hung']);
  await clock.advance(1);
  assert.deepEqual(running(), ['hung', 'b']);
  await end('b');
  await second;
});

test('a caller that gives up waits no longer', async () => {
  const { start, running } = oneAtATime();
  void start('umount', 'a');
  const gaveUp = new AbortController();
  void start('umount', 'b', gaveUp.signal);
  gaveUp.abort();
  await settled();
  assert.deepEqual(running(), ['a', 'b']);
});
