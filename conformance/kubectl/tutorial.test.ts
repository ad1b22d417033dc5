import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { type GoTool, newestKubectl, oldestKubectl } from '../tools/tools.ts';
import { tutorialSteps } from './tutorial-steps.ts';

for (const tool of [newestKubectl, oldestKubectl]) tutorial(tool);

/** Every kubectl command of the Azure Managed Lustre tutorial, in its order. */
function tutorial(tool: GoTool): void {
  const found = findTool(tool);
  const skip = 'missing' in found ? found.missing : (mountRefusal() ?? false);

  suite(`the Azure Managed Lustre tutorial with ${tool.name}`, { skip }, () => {
    let sandbox: TestSandbox;
    let kubectl: Kubectl;
    const cleanups: (() => Promise<void>)[] = [];
    before(async () => {
      sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, ['--time-scale', '200']);
      assert.ok('path' in found);
      kubectl = openKubectl(found.path, sandbox.info.kubeconfig);
    });
    after(async () => {
      for (const cleanup of cleanups) await cleanup();
    });

    test('the cluster answers the tutorial’s first commands', async () => {
      assert.match(await kubectl('config', 'current-context'), /berth-sandbox/);
      await kubectl('get', 'deployments', '--all-namespaces=true');
    });

    tutorialSteps(() => ({ kubectl, mgsAddress: sandbox.info.clouds.azure?.mgsAddress ?? '' }));
  });
}
