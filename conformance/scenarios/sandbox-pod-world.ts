import { csiNodes } from '../../src/kube/resources.ts';
import type { CleansUp } from '../control-plane/open-control-plane.ts';
import { eventually, openKubectl } from '../testing/kubectl.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import type { PodWorld } from './pod-world.ts';
import { driver } from './provisioning-world.ts';
import { openClient, openSandboxWorld } from './sandbox-world.ts';

/** The kubelet stand-in, under the sandbox's own API server or under a real one. */
export async function openSandboxPodWorld(
  t: CleansUp,
  options: { readonly timeScale: number; readonly assets?: string },
): Promise<PodWorld> {
  const found = findTool(newestKubectl);
  if ('missing' in found) throw new Error(found.missing);
  const world = await openSandboxWorld(t, options);
  const { sandbox } = world;
  let { client } = world;
  const pidOf = async (name: string) => (await sandbox.status()).pids?.[name];
  const kill = async (name: string): Promise<number> => {
    const pid = await eventually(
      () => pidOf(name),
      (one) => one !== undefined,
    );
    process.kill(pid ?? 0, 'SIGKILL');
    return pid ?? 0;
  };
  return {
    ...world,
    get client() {
      return client;
    },
    kubectl: openKubectl(found.path, sandbox.info.kubeconfig),
    image: 'busybox:1.36',
    // It is part of the sandbox's own process, and so are the loops.
    restartKubelet: async () => {
      await kill('sandbox');
      await sandbox.start();
      // While it was away another program may have taken its port.
      client = await openClient(sandbox.info.kubeconfig);
    },
    restartNodePlugin: async () => {
      const killed = await kill('node');
      await eventually(
        () => pidOf('node'),
        (pid) => pid !== undefined && pid !== killed,
      );
      const name = sandbox.info.node?.name ?? '';
      const drivers = async () => (await client.get(csiNodes, { name })).spec.drivers ?? [];
      await eventually(drivers, (all) => all.some((one) => one.name === driver));
    },
  };
}
