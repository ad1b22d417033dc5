import type { KubeClient } from '../../../kube/client.ts';
import type { NodeRegistration } from '../../../sandbox/node/node-object.ts';
import type { NodeRuntime } from '../../../sandbox/pod-runtime.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { applyCsiDrivers } from '../csi-driver-objects.ts';

/** The cluster that a sandbox's clouds, drivers and kubelet stand-in work for. */
export interface SandboxCluster {
  /** May do everything that the sandbox needs. */
  readonly client: KubeClient;
  /** For the user. */
  readonly kubeconfig: string;
  /** What leads a plugin to the cluster. */
  readonly plugins: { readonly controller: readonly string[]; readonly node: readonly string[] };
  /** Makes the CSIDriver objects stand, as installing the drivers does. */
  applyCsiDrivers(drivers: readonly string[]): Promise<void>;
  /**
   * Lets the API server reach logs and commands of the node's pods, which begin to be there a little later. Returns how the
   * node has to be registered for that.
   */
  servePods(pods: () => NodeRuntime | undefined): Promise<NodeRegistration>;
}

/** What is the same of every cluster of the sandbox's own: its kubeconfigs, and the right to make what it likes. */
export function ownCluster(
  dir: StateDir,
  client: KubeClient,
): Pick<SandboxCluster, 'client' | 'kubeconfig' | 'plugins' | 'applyCsiDrivers'> {
  return {
    client,
    kubeconfig: dir.kubeconfig,
    plugins: {
      controller: ['--kubeconfig', dir.controllerKubeconfig],
      node: ['--kubeconfig', dir.nodeKubeconfig],
    },
    applyCsiDrivers: (drivers) => applyCsiDrivers(client, drivers),
  };
}
