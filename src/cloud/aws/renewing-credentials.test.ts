import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { AwsError } from './aws-error.ts';
import { renewingCredentials } from './renewing-credentials.ts';

const HOUR = 3_600_000;
const signal = new AbortController().signal;

function setUp() {
  const clock = createFakeClock();
  let fetched = 0;
  let broken = false;
  const source = renewingCredentials(clock, async () => {
    if (broken) throw new Error('down');
    fetched++;
    return { accessKeyId: `key-${fetched}`, secretAccessKey: 's', expiration: clock.now() + HOUR };
  });
  const key = async () => (await source(signal)).accessKeyId;
  const fail = (now: boolean) => {
    broken = now;
  };
  return { clock, key, source, fail, fetched: () => fetched };
}

test('many callers share one fetch, and its credentials serve until shortly before they end', async () => {
  const { clock, key, fetched } = setUp();
  assert.deepEqual(await Promise.all([key(), key(), key()]), ['key-1', 'key-1', 'key-1']);
  await clock.advance(HOUR - 6 * 60_000);
  assert.equal(await key(), 'key-1');
  await clock.advance(2 * 60_000);
  assert.equal(await key(), 'key-2');
  assert.equal(fetched(), 2);
});

test('while a renewal fails the old ones serve as long as they last', async () => {
  const { clock, key, fail } = setUp();
  await key();
  fail(true);
  await clock.advance(HOUR - 60_000);
  assert.equal(await key(), 'key-1');
  await clock.advance(2 * 60_000);
  await assert.rejects(key(), { kind: 'unavailable' });
  fail(false);
  assert.equal(await key(), 'key-2');
});

test('a caller that leaves does not end the fetch for the others', async () => {
  const { source, key } = setUp();
  const leaver = new AbortController();
  const left = source(leaver.signal);
  const stays = key();
  leaver.abort();
  await assert.rejects(left, (error) => error instanceof AwsError && error.kind === 'aborted');
  assert.equal(await stays, 'key-1');
});
