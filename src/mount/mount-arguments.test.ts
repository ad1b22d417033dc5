import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountArguments } from './mount-arguments.ts';
import { tmpfsPlan } from './testing/kernel-calls.ts';

const source = '10.0.0.4@tcp:/lustrefs';
const lustre = { fsType: 'lustre', source, options: ['noatime', 'flock'] };

test('options keep their order, as one argument', () => {
  assert.deepEqual(mountArguments(tmpfsPlan(lustre), '/t'), [
    '--no-mtab',
    ...['-t', 'lustre', '-o', 'noatime,flock', source, '/t'],
  ]);
});

test('read-only becomes ro, first and once', () => {
  const options = (more: object) =>
    mountArguments(tmpfsPlan({ ...lustre, readonly: true, ...more }), '/t')[4];
  assert.equal(options({}), 'ro,noatime,flock');
  assert.equal(options({ options: ['ro', 'flock'] }), 'ro,flock');
  assert.equal(options({ options: [] }), 'ro');
});

test('without options there is no -o', () => {
  assert.ok(!mountArguments(tmpfsPlan({ options: [] }), '/t').includes('-o'));
});

test('a source that mount would take for an option is refused', () => {
  assert.throws(() => mountArguments(tmpfsPlan({ source: '-oremount' }), '/t'), { code: 'invalid-argument' });
});

test('options that preparing told come last', () => {
  assert.equal(mountArguments(tmpfsPlan(lustre), '/t', ['port=20049'])[4], 'noatime,flock,port=20049');
});

test('where no helper is wanted, mount is told so', () => {
  const plan = tmpfsPlan({ ...lustre, withoutHelper: true });
  assert.deepEqual(mountArguments(plan, '/t').slice(0, 4), ['--no-mtab', '--internal-only', '-t', 'lustre']);
});
