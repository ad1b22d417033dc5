import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCalls, countCall, noCalls } from './call-counts.ts';

test('calls are counted by what they do, refused ones included', () => {
  const seen = [
    { method: 'POST', url: '/2015-02-01/access-points', error: '' },
    { method: 'POST', url: '/2015-02-01/access-points', error: 'ThrottlingException' },
    { method: 'GET', url: '/2015-02-01/access-points?MaxResults=1000&FileSystemId=fs-1', error: '' },
    { method: 'DELETE', url: '/2015-02-01/access-points/fsap-1', error: 'AccessPointNotFound' },
  ];
  const counts = seen.reduce(countCall, noCalls);
  assert.deepEqual(counts, {
    calls: { 'POST access-points': 2, 'GET access-points': 1, 'DELETE access-points': 1 },
    throttled: 1,
  });
  assert.equal(allCalls(counts), 4);
});

test('what is not a call of EFS is left out', () => {
  const counts = countCall(noCalls, { method: 'GET', url: '/_sandbox/faults', error: '' });
  assert.equal(allCalls(counts), 0);
});
