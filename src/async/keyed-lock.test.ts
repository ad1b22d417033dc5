import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyedLock } from './keyed-lock.ts';

function acquired(result: ReturnType<ReturnType<typeof createKeyedLock>['tryAcquire']>) {
  assert.ok('release' in result, 'the lock is free');
  return result;
}

test('a key in use is refused by name until it is given back', () => {
  const lock = createKeyedLock();
  const first = acquired(lock.tryAcquire(['a', 'b']));
  assert.deepEqual(lock.tryAcquire(['c', 'b']), { busy: 'b' });
  first.release();
  acquired(lock.tryAcquire(['c', 'b']));
});

test('a refused attempt holds nothing', () => {
  const lock = createKeyedLock();
  acquired(lock.tryAcquire(['b']));
  lock.tryAcquire(['c', 'b']);
  acquired(lock.tryAcquire(['c']));
});

test('releasing twice does not free what somebody else took in between', () => {
  const lock = createKeyedLock();
  const first = acquired(lock.tryAcquire(['a']));
  first.release();
  acquired(lock.tryAcquire(['a']));
  first.release();
  assert.deepEqual(lock.tryAcquire(['a']), { busy: 'a' });
});

test('the same key twice in one request does not block itself, and no keys never do', () => {
  const lock = createKeyedLock();
  acquired(lock.tryAcquire(['a', 'a']));
  acquired(lock.tryAcquire([]));
});
