import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishRequest } from '../testing/requests.ts';
import { explainMountFailure } from './mount-failure.ts';
import { planMount } from './mount-plan.ts';

const { plan } = planMount(publishRequest(undefined, { mountFlags: ['flok'] }));
const sub = planMount(publishRequest({ 'mgs-ip-address': '10.0.0.4', 'sub-dir': 'a/b' })).plan;
const explain = (exitCode: number | undefined, stderr = '', timedOut = false, of = plan) =>
  explainMountFailure(of, { exitCode, stderr, timedOut }, () => 'install PACKAGE');

const cases: readonly [number, string, RegExp][] = [
  [1, 'internal', /privileged/],
  [2, 'not-found', /no file system "lustrefs" behind this MGS/],
  [5, 'unavailable', /Is the MGS running\?/],
  [17, 'internal', /mounted there already/],
  [19, 'failed-precondition', /kernel has no Lustre client \(ENODEV\); install PACKAGE/],
  [22, 'invalid-argument', /refuses one of the options flok/],
  [32, 'failed-precondition', /mount\.lustre or the kernel's module is missing; install PACKAGE/],
  [110, 'unavailable', /allow TCP 988/],
  [113, 'unavailable', /peer the nodes' virtual network/],
];
for (const [exitCode, code, says] of cases)
  test(`mount.lustre's exit code ${exitCode} is explained as ${code}`, () => {
    const explained = explain(exitCode, 'mount.lustre: it failed\n');
    assert.equal(explained?.code, code);
    assert.match(explained?.message ?? '', says);
    assert.match(explained?.message ?? '', /^Could not mount target from 10\.0\.0\.4@tcp:\/lustrefs: /);
    assert.match(explained?.message ?? '', /mount says: mount\.lustre: it failed/);
  });

test('the values of refused options are not told, because events are read by many', () => {
  const secret = planMount(publishRequest(undefined, { mountFlags: ['key=hunter2', 'flok'] })).plan;
  assert.match(explain(22, '', false, secret)?.message ?? '', /one of the options key=…,flok/);
});

test('a refused option that Berth itself added is named as such', () => {
  const added = planMount(publishRequest(undefined, { mountFlags: ['flock'] }), { uniqueFsid: true }).plan;
  assert.match(explain(22, '', false, added)?.message ?? '', /options flock,unique_fsid .* goes without it/);
  assert.doesNotMatch(explain(22)?.message ?? '', /unique_fsid/);
});

test('a missing sub-directory is named', () => {
  assert.match(explain(2, '', false, sub)?.message ?? '', /directory "a\/b" does not exist/);
});

test('a mount that does not end is told to be retried, whatever it printed', () => {
  assert.equal(explain(undefined, '', true)?.code, 'unavailable');
});

test('a missing helper is told as what to install', () => {
  assert.match(explain(127)?.message ?? '', /mount\.lustre .* is missing; install PACKAGE/);
});

test('an unknown failure is left to the general text', () => {
  assert.equal(explain(99), undefined);
  assert.equal(explain(undefined), undefined);
});
