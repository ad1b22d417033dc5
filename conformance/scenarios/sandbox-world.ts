import { readFile } from 'node:fs/promises';
import { openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { kubeconfigConfig } from '../../src/kube/kubeconfig.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import type { CleansUp } from '../control-plane/open-control-plane.ts';
import { eventually } from '../testing/kubectl.ts';
import { startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import type { ProvisioningWorld } from './provisioning-world.ts';

export interface SandboxWorld extends ProvisioningWorld {
  readonly sandbox: TestSandbox;
}

/** `berth sandbox` as users start it; `assets` is what KUBEBUILDER_ASSETS names for a real control plane under it. */
export async function openSandboxWorld(
  t: CleansUp,
  options: { readonly timeScale: number; readonly assets?: string },
): Promise<SandboxWorld> {
  const { timeScale, assets } = options;
  const flags = ['--time-scale', String(timeScale), ...(assets === undefined ? [] : ['--cluster', 'assets'])];
  const sandbox = await startSandbox(t, flags, { KUBEBUILDER_ASSETS: assets });
  const { kubeconfig, caFile, clouds } = sandbox.info;
  const client = await openClient(kubeconfig);
  const view = openCloudView(clouds.azure, await readFile(caFile, 'utf8'), systemClock);
  return {
    sandbox,
    client,
    mgsAddress: clouds.azure.mgsAddress,
    fileSystems: async () => (await view.list()).filter(({ name }) => name.startsWith('pvc-')),
    killController: async () => {
      const pid = await eventually(
        async () => (await sandbox.status()).pids?.controller,
        (found) => found !== undefined,
      );
      if (pid) process.kill(pid, 'SIGKILL');
    },
  };
}

/** To what the kubeconfig says now. */
export async function openClient(kubeconfig: string): Promise<KubeClient> {
  return openKubeClient(await kubeconfigConfig({ path: kubeconfig, clock: systemClock }));
}
