import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { startWorkQueue, type WorkQueueOptions } from './work-queue.ts';

function start(reconcile: WorkQueueOptions['reconcile'], concurrency = 10) {
  const stop = new AbortController();
  const clock = createFakeClock();
  const queue = startWorkQueue({
    name: 'test',
    concurrency,
    reconcile,
    clock,
    log: silentLog,
    signal: stop.signal,
  });
  return { queue, clock, stop };
}

/** A reconcile function whose runs a test ends one by one. */
function controlled() {
  const runs: { key: string; end: PromiseWithResolvers<undefined> }[] = [];
  const reconcile = (key: string) => {
    const end = Promise.withResolvers<undefined>();
    runs.push({ key, end });
    return end.promise;
  };
  return { runs, reconcile, keys: () => runs.map((run) => run.key) };
}

test('additions during a run become exactly one further run, never two at once', async () => {
  const { runs, reconcile, keys } = controlled();
  const { queue } = start(reconcile);
  for (let i = 0; i < 5; i++) queue.add('a');
  assert.deepEqual(keys(), ['a']);
  queue.add('a');
  queue.add('a');
  runs[0]?.end.resolve(undefined);
  await runs[0]?.end.promise;
  await new Promise(setImmediate);
  assert.deepEqual(keys(), ['a', 'a']);
  runs[1]?.end.resolve(undefined);
  await queue.idle();
  assert.deepEqual(keys(), ['a', 'a']);
});

test('no more keys run at once than the concurrency allows', async () => {
  const { runs, reconcile, keys } = controlled();
  const { queue } = start(reconcile, 2);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  assert.deepEqual(keys(), ['a', 'b']);
  runs[0]?.end.resolve(undefined);
  await new Promise(setImmediate);
  assert.deepEqual(keys(), ['a', 'b', 'c']);
});

test('failures are retried after 1, 2, 4 … seconds, never later than five minutes; success starts over', async () => {
  const times: number[] = [];
  let fail = true;
  const { queue, clock } = start(() => {
    times.push(clock.now());
    return fail ? Promise.reject(new Error('no')) : Promise.resolve(undefined);
  });
  queue.add('a');
  await clock.advance(3_600_000);
  const gaps = times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / 1000);
  assert.deepEqual(gaps.slice(0, 11), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  fail = false;
  await clock.advance(300_000);
  fail = true;
  times.length = 0;
  queue.add('a');
  await clock.advance(1000);
  assert.equal(times.length, 2);
});

test('a key that waits after a failure is not hurried by an ordinary addition, only by addNow', async () => {
  let runs = 0;
  const { queue, clock } = start(() => {
    runs++;
    return Promise.reject(new Error('no'));
  });
  queue.add('a');
  await clock.advance(0);
  queue.add('a');
  await clock.advance(500);
  assert.equal(runs, 1);
  queue.addNow('a');
  await clock.advance(0);
  assert.equal(runs, 2);
  await clock.advance(500);
  assert.equal(runs, 2, 'the first delay was replaced');
});

test('a run may ask for the next one without being a failure', async () => {
  let runs = 0;
  const { queue, clock } = start(() => {
    runs++;
    return Promise.resolve(runs < 3 ? { requeueAfterMs: 10_000 } : undefined);
  });
  queue.add('a');
  await clock.advance(9_999);
  assert.equal(runs, 1);
  await clock.advance(60_000);
  assert.equal(runs, 3);
});

test('after an abort nothing new begins, and done waits for what runs', async () => {
  const { runs, reconcile, keys } = controlled();
  const { queue, stop } = start(reconcile, 1);
  queue.add('a');
  queue.add('b');
  stop.abort();
  queue.add('c');
  let done = false;
  const ended = queue.done.then(() => {
    done = true;
  });
  await new Promise(setImmediate);
  assert.equal(done, false);
  runs[0]?.end.resolve(undefined);
  await ended;
  assert.deepEqual(keys(), ['a']);
});
