import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareNext } from './share-next.ts';

test('callers that come during a run share the one after it', async () => {
  const runs: PromiseWithResolvers<number>[] = [];
  const share = shareNext(() => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  });
  const first = share();
  const [second, third] = [share(), share()];
  assert.equal(runs.length, 1);
  runs[0]?.resolve(1);
  assert.equal(await first, 1);
  await new Promise(setImmediate);
  assert.equal(runs.length, 2);
  runs[1]?.resolve(2);
  assert.deepEqual(await Promise.all([second, third]), [2, 2]);
});

test('a run that fails does not keep the next one from running', async () => {
  let runs = 0;
  const share = shareNext(async () => {
    runs += 1;
    if (runs === 1) throw new Error('first');
    return runs;
  });
  const first = share();
  const second = share();
  await assert.rejects(first, /first/);
  assert.equal(await second, 2);
});
