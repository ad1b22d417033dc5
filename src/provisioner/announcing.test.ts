import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { announcing } from './announcing.ts';

function begin() {
  const clock = createFakeClock();
  const told: number[] = [];
  const start = clock.now();
  const work = Promise.withResolvers<string>();
  let announce = () => {};
  const done = announcing(
    clock,
    () => told.push(clock.now() - start),
    (now) => {
      announce = now;
      return work.promise;
    },
  );
  return { clock, told, work, done, announce };
}

test('work that goes on is announced after a second, once', async () => {
  const { clock, told, work, done, announce } = begin();
  await clock.advance(999);
  assert.deepEqual(told, []);
  await clock.advance(1);
  announce();
  work.resolve('volume');
  assert.equal(await done, 'volume');
  assert.deepEqual(told, [1000]);
});

test('work that ends sooner, well or not, is not announced, not even late', async () => {
  for (const end of ['resolve', 'reject'] as const) {
    const { clock, told, work, done, announce } = begin();
    work[end]('no');
    await done.catch(() => {});
    announce();
    await clock.advance(10_000);
    assert.deepEqual(told, []);
  }
});

test('it is announced before the first thing that is told of it', async () => {
  const { clock, told, announce } = begin();
  await clock.advance(10);
  announce();
  await clock.advance(10_000);
  assert.deepEqual(told, [10]);
});
