import type { KubeClient } from '../../../kube/client.ts';
import type { PodRuntime } from '../../../sandbox/pod-runtime.ts';

/** The cluster that a sandbox's clouds, drivers and kubelet stand-in work for. */
export interface SandboxCluster {
  /** May do everything that the sandbox needs. */
  readonly client: KubeClient;
  /** For the user, and for the plugins. */
  readonly kubeconfig: string;
  /** Lets the API server reach logs and commands of the node's pods, which begin to be there a little later. */
  servePods(pods: () => PodRuntime | undefined): Promise<void>;
}
