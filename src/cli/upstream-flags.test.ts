import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { translateUpstreamFlags } from './upstream-flags.ts';

const translated = (...args: string[]) => {
  const { argv, notices } = translateUpstreamFlags(['node', 'berth', ...args]);
  return { args: argv.slice(2), notices };
};

test("the node container of upstream's manifest starts the node plugin", () => {
  const { args, notices } = translated(
    'node',
    '-v=5',
    '--endpoint=unix:///csi/csi.sock',
    '--nodeid=aks-1',
    '--enable-azurelustre-mock-mount=false',
    '--drivername=azurelustre.csi.azure.com',
    '--working-mount-dir=/mnt',
    '--remove-not-ready-taint=true',
  );
  assert.deepEqual(args, [
    'node',
    ...['--endpoint', 'unix:///csi/csi.sock', '--node-id', 'aks-1'],
    ...['--driver', 'azurelustre.csi.azure.com', '--working-mount-dir', '/mnt'],
  ]);
  assert.deepEqual(notices, ['-v=5 has no effect: choose with --log-level']);
});

test("the controller container of upstream's manifest starts the controller", () => {
  const { args, notices } = translated(
    'controller',
    '-v=5',
    '--endpoint=unix:///csi/csi.sock',
    '--enable-azurelustre-mock-dyn-prov=false',
  );
  assert.deepEqual(args, ['controller', '--endpoint', 'unix:///csi/csi.sock']);
  assert.equal(notices.length, 1);
});

test("Go's other ways to write a flag are understood", () => {
  assert.deepEqual(translated('node', '-nodeid', 'n', '-v', '2', '--endpoint', 'unix:///s').args, [
    ...['node', '--node-id', 'n', '--endpoint', 'unix:///s'],
  ]);
  assert.deepEqual(translated('node', '-remove-not-ready-taint=F').args, [
    'node',
    '--no-remove-not-ready-taint',
  ]);
  assert.deepEqual(translated('node', '--remove-not-ready-taint', '--lnet-port', '1988').args, [
    ...['node', '--lnet-port', '1988'],
  ]);
});

test('a controller takes flags of the node plugin, which have no effect on it', () => {
  const { args, notices } = translated(
    'controller',
    '--nodeid=aks-1',
    '--remove-not-ready-taint',
    '--no-leader-election',
  );
  assert.deepEqual(args, ['controller', '--no-leader-election']);
  assert.equal(notices.length, 2);
});

test('a mock is refused, because it would pretend to work', () => {
  for (const flag of ['--enable-azurelustre-mock-mount', '-enable-azurelustre-mock-dyn-prov=true'])
    assert.throws(
      () => translated('node', flag),
      (error) => error instanceof CommandFailure && error.exitCode === exitCodes.wrongUsage,
    );
});

test('other commands, and flags of our own, are left as they are', () => {
  assert.deepEqual(translated('explain', '-v=5', '-f', 'x').args, ['explain', '-v=5', '-f', 'x']);
  const own = ['node', '--node-id', 'n', '--driver', 'd', '--log-level', 'debug', '--unknown=1'];
  assert.deepEqual(translated(...own), { args: own, notices: [] });
});

test("the controller container of upstream's EFS chart starts the controller", () => {
  const { args, notices } = translated(
    'controller',
    '--endpoint=unix:///csi/csi.sock',
    '--logtostderr',
    '--tags=team:storage cost\\ centre:7',
    '--v=2',
    '--delete-access-point-root-dir=true',
    '--vol-metrics-opt-in=false',
    '--vol-metrics-refresh-period=240',
    '--s3files-cloudwatch-log-enabled',
  );
  assert.deepEqual(args, [
    ...['controller', '--endpoint', 'unix:///csi/csi.sock', '--tags', 'team:storage cost\\ centre:7'],
    '--delete-access-point-root-dir',
  ]);
  assert.equal(notices.length, 5);
  assert.deepEqual(translated('controller', '--delete-access-point-root-dir=false').args, ['controller']);
});
