import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxInfo } from '../../sandbox/state/run-file.ts';
import { stateDir } from '../../sandbox/state/state-dir.ts';
import { describeSandbox } from './describe-sandbox.ts';

const info: SandboxInfo = {
  cluster: 'embedded',
  kubeconfig: '/k',
  caFile: '/ca',
  node: { name: 'guest' },
  clouds: {},
  drivers: { 'a.example': { controller: 'unix:///c', node: 'unix:///n' } },
};
const text = (changes: Partial<SandboxInfo>) =>
  describeSandbox({ ...info, ...changes }, stateDir('/somewhere/else'));

test('what was left out of a sandbox is not told of', () => {
  assert.match(text({}), /node +unix:\/\/\/n/);
  const { node: _, ...without } = info;
  assert.doesNotMatch(describeSandbox(without, stateDir('/x')), /unix:\/\/\/n|Azure|AWS/);
});

test('a cluster that was joined is said to be the user’s, with how a pod asks for the node', () => {
  const joined = text({ cluster: 'kubeconfig' });
  assert.match(joined, /Cluster: yours, until the sandbox stops/);
  assert.match(
    joined,
    /nodeSelector: \{ kubernetes\.io\/hostname: guest \}\n +tolerations: .*berth-sandbox\/node/,
  );
  assert.match(joined, /export KUBECONFIG=\/k\n/);
  assert.match(joined, /berth sandbox stop --state-dir \/somewhere\/else/);
  assert.match(text({ cluster: 'assets' }), /Cluster: the etcd and kube-apiserver of KUBEBUILDER_ASSETS/);
  assert.doesNotMatch(text({}), /Cluster:|nodeSelector/);
});
