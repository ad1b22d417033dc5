import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guestTests } from './guest-tests.ts';

const tap = `TAP version 13
# Subtest: files are written
ok 1 - files are written
  ---
  duration_ms: 12
  ...
# took 3 ms
# Subtest: files are read # twice
not ok 2 - files are read
  ---
  error: 'no such file'
  ...
1..2
# tests 2
`;

test('each test of the VM is told with its outcome and what it said', () => {
  const [written, read, ...others] = guestTests(tap);
  assert.deepEqual(written, { name: 'files are written', passed: true, detail: 'took 3 ms' });
  assert.equal(read?.passed, false);
  assert.match(read?.detail ?? '', /no such file/);
  assert.deepEqual(others, []);
});

test('a VM that never came up told of no test', () => {
  assert.deepEqual(guestTests(''), []);
});
