import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { createLateMounts } from './late-mounts.ts';

const signal = new AbortController().signal;

function watched() {
  const clock = createFakeClock();
  const helper = Promise.withResolvers<void>();
  const state = { mounted: false, undone: 0, blocked: undefined as Promise<void> | undefined };
  const late = createLateMounts({
    clock,
    log: silentLog,
    stands: async () => state.mounted,
    undo: async () => {
      await state.blocked;
      state.mounted = false;
      state.undone++;
    },
  });
  late.watch('/t', helper.promise);
  return { clock, helper, state, late };
}

test('a mount that arrives while its helper is stuck is undone, and again if there is another', async () => {
  const { clock, state } = watched();
  for (const undone of [1, 2]) {
    state.mounted = true;
    await clock.advance(5_000);
    assert.deepEqual(state, { mounted: false, undone, blocked: undefined });
  }
});

test('a mount that arrives as the last act of its helper is undone', async () => {
  const { clock, state, helper, late } = watched();
  await clock.advance(5_000);
  state.mounted = true;
  helper.resolve();
  assert.equal(await late.settles('/t', 1_000, signal), true);
  assert.equal(state.undone, 1);
  assert.deepEqual(clock.pending(), []);
});

test('an adopted mount stays, also after its helper has ended', async () => {
  const { clock, state, helper, late } = watched();
  state.mounted = true;
  assert.equal(late.adopt('/t'), true);
  helper.resolve();
  await clock.advance(60_000);
  assert.deepEqual([state.mounted, state.undone], [true, 0]);
});

test('while a late mount is being undone, a caller waits for it and cannot adopt it', async () => {
  const { clock, state, late } = watched();
  const block = Promise.withResolvers<void>();
  Object.assign(state, { mounted: true, blocked: block.promise });
  await clock.advance(5_000);
  let waited = false;
  const waiting = late.undone('/t').then(() => {
    waited = true;
  });
  await clock.advance(1_000);
  assert.equal(waited, false);
  assert.equal(late.adopt('/t'), false);
  block.resolve();
  await waiting;
  assert.equal(state.mounted, false);
});

test('a caller that waits for a stuck helper gets its answer in time', async () => {
  const { clock, late } = watched();
  const settles = late.settles('/t', 10_000, signal);
  await clock.advance(10_000);
  assert.equal(await settles, false);
  assert.equal(await late.settles('/t', 10_000, AbortSignal.abort()), false);
  assert.equal(await late.settles('/other', 10_000, signal), true);
});

test('a late mount that cannot be undone is tried again', async () => {
  const { clock, state } = watched();
  const busy = Promise.withResolvers<void>();
  Object.assign(state, { mounted: true, blocked: busy.promise });
  await clock.advance(5_000);
  busy.reject(new Error('busy'));
  await clock.advance(0);
  assert.equal(state.mounted, true);
  state.blocked = undefined;
  await clock.advance(5_000);
  assert.equal(state.mounted, false);
});
