import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { createJobs } from './jobs.ts';
import { rememberUsage } from './remember-usage.ts';
import type { DoWork } from './start-work.ts';
import { makeOrder } from './testing/test-workplace.ts';
import type { Order, Outcome } from './wire.ts';

const mountOf = (source: string) => ({ fsType: 'lustre', source, options: [], readonly: false });
const remove = (volume: string, source = 'a'): Order => ({ name: 'remove', mount: mountOf(source), volume });

/** Work that ends when the test says so. */
function heldWork() {
  const held: { readonly order: Order; readonly end: (outcome: Outcome) => void }[] = [];
  const work: DoWork = (order) => new Promise((end) => held.push({ order, end }));
  return { work, held, volumes: () => held.map(({ order }) => ('volume' in order ? order.volume : '')) };
}

const done: Outcome = { done: null };

test('an order given twice is done once, and both get the answer', async () => {
  const { work, held } = heldWork();
  const jobs = createJobs({ work, clock: createFakeClock(), log: silentLog });
  const both = [jobs.ask(remove('pvc-1'), 1_000), jobs.ask(remove('pvc-1'), 1_000)];
  held[0]?.end(done);
  assert.deepEqual([await Promise.all(both), held.length], [[done, done], 1]);
});

test('who waits no longer hears how long it has run; the next to ask gets the end', async () => {
  const { work, held } = heldWork();
  const clock = createFakeClock();
  const jobs = createJobs({ work, clock, log: silentLog });
  const first = jobs.ask(remove('pvc-1'), 1_000);
  await clock.advance(1_000);
  assert.deepEqual(await first, { running: { forMs: 1_000 } });
  const second = jobs.ask(remove('pvc-1'), 1_000);
  held[0]?.end(done);
  assert.deepEqual(await second, done);
});

test('other work on the same volume has to wait for its caller to come again', async () => {
  const { work } = heldWork();
  const jobs = createJobs({ work, clock: createFakeClock(), log: silentLog });
  void jobs.ask(remove('pvc-1'), 1_000);
  const answer = await jobs.ask({ name: 'make', ...makeOrder({ mount: mountOf('a') }) }, 1_000);
  assert.equal('error' in answer && answer.error.code, 'aborted');
});

test('a removal that is not over gives its place to the next, and comes again after it', async () => {
  const { work, held, volumes } = heldWork();
  const jobs = createJobs({ work, clock: createFakeClock(), log: silentLog });
  const answers = ['pvc-1', 'pvc-2', 'pvc-3'].map((volume) => jobs.ask(remove(volume), 60_000));
  assert.deepEqual(volumes(), ['pvc-1', 'pvc-2'], 'two at a time');
  held[0]?.end({ unfinished: true });
  await setImmediate();
  assert.deepEqual(volumes(), ['pvc-1', 'pvc-2', 'pvc-3']);
  held[1]?.end(done);
  await setImmediate();
  assert.deepEqual(volumes(), ['pvc-1', 'pvc-2', 'pvc-3', 'pvc-1']);
  for (const { end } of held) end(done);
  assert.deepEqual(await Promise.all(answers), [done, done, done]);
});

test('a file system that hangs holds up neither another one nor, by its removals, what is made on it', async () => {
  const { work, held } = heldWork();
  const jobs = createJobs({ work, clock: createFakeClock(), log: silentLog });
  for (const volume of ['pvc-1', 'pvc-2', 'pvc-3']) void jobs.ask(remove(volume), 60_000);
  void jobs.ask(remove('pvc-1', 'b'), 60_000);
  void jobs.ask({ name: 'make', ...makeOrder({ mount: mountOf('a'), volume: 'pvc-9' }) }, 60_000);
  assert.deepEqual(
    held.map(({ order }) => `${order.name} ${order.mount.source}`),
    ['remove a', 'remove a', 'remove b', 'make a'],
  );
});

test('a measurement is good for as long as its caller says', async () => {
  const clock = createFakeClock();
  let walks = 0;
  const work = rememberUsage(async () => ({ done: ++walks }), clock);
  const usage = (maxAgeMs: number) =>
    work({ name: 'usage', mount: mountOf('a'), path: 'x', maxAgeMs }, new AbortController().signal);
  await usage(0);
  await clock.advance(1_000);
  assert.deepEqual(await usage(2_000), { done: 1 });
  assert.deepEqual(await usage(500), { done: 2 });
});
