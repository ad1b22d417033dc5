import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { assetsDirectory } from '../testing/assets-directory.ts';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal, startSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { tutorialSteps } from './tutorial-steps.ts';

const found = findTool(newestKubectl);
const skip = 'missing' in found ? found.missing : controlPlaneRefusal() || (mountRefusal() ?? false);

tutorial('the loops stand in for kube-controller-manager and kube-scheduler', 'envtest');
tutorial('with kube-controller-manager and kube-scheduler', 'all');

function tutorial(what: string, which: 'envtest' | 'all'): void {
  suite(`the Azure Managed Lustre tutorial under a real API server: ${what}`, { skip }, () => {
    const world = openedForSuite(async (t) => {
      const env = { KUBEBUILDER_ASSETS: await assetsDirectory(t, which) };
      const { info } = await startSandbox(t, ['--cluster', 'assets', '--time-scale', '200'], env);
      assert.ok('path' in found);
      const kubectl = openKubectl(found.path, info.kubeconfig);
      // Made by a controller, and asked for by the first pod.
      const accounts = () => kubectl('get', 'serviceaccounts', '-o', 'name');
      await eventually(accounts, (names) => names.includes('default'));
      return { kubectl, mgsAddress: info.clouds.azure.mgsAddress };
    });
    tutorialSteps(world);
    streamSteps(world);
  });
}

/** What the API server asks of the stand-in's kubelet API beyond what the tutorial does. */
function streamSteps(world: () => { readonly kubectl: Kubectl }): void {
  test('logs are followed to their end, and a command has its input, its output and its exit code', async () => {
    const { kubectl } = world();
    const line = 'for i in 1 2 3; do echo $i; echo e$i >&2; sleep 0.2; done; sleep 1';
    await kubectl('run', 'talks', '--image=busybox', '--restart=Never', '--command', '--', 'sh', '-c', line);
    await kubectl('wait', '--for=condition=Ready', 'pod/talks', '--timeout=30s');
    assert.equal(await kubectl('logs', '-f', 'talks'), '1\ne1\n2\ne2\n3\ne3\n');
    assert.equal(await kubectl('logs', '--tail=1', 'talks'), 'e3\n');
    await kubectl('delete', 'pod', 'talks');

    const waits = ['--image=busybox', '--command', '--', 'sleep', '600'];
    await kubectl('run', 'waits', ...waits);
    await kubectl('wait', '--for=condition=Ready', 'pod/waits', '--timeout=30s');
    await commandSteps(kubectl);
    // As API servers before 1.36 do, which know nothing of such features: then the node is spoken to by SPDY.
    const forgotten = '{"status":{"declaredFeatures":null}}';
    const node = ['node', 'berth-sandbox', '--subresource=status', '--type=merge'];
    await kubectl('patch', ...node, '-p', forgotten);
    assert.equal(await kubectl('get', ...node.slice(0, 2), '-o', 'jsonpath={.status.declaredFeatures}'), '');
    await commandSteps(kubectl);
    const none = await kubectl.tried('logs', 'waits', '-c', 'other');
    assert.match(none.stderr, /container other is not valid for pod waits/);
    await kubectl('delete', 'pod', 'waits', '--grace-period=1');
  });
}

async function commandSteps(kubectl: Kubectl): Promise<void> {
  const input = 'line\n'.repeat(50_000);
  const script = 'cat; echo oops >&2; exit 7';
  const done = await kubectl.withInput(input, 'exec', '-i', 'waits', '--', 'sh', '-c', script);
  assert.equal(done.stdout, input);
  assert.match(done.stderr, /oops/);
  assert.equal(done.exitCode, 7);
  assert.equal(await kubectl('exec', 'waits', '--', 'echo', 'fine'), 'fine\n');
  assert.match(await kubectl('exec', '-it', 'waits', '--', 'hostname'), /waits/);
}
