import type { Clock } from '../../async/clock.ts';
import type { ClusterConfig } from '../../kube/cluster-config.ts';
import { inClusterConfig, isInCluster } from '../../kube/in-cluster.ts';
import type { PluginFlags } from '../commands/plugin-options.ts';

/** The cluster that the flags or the pod name; undefined outside of any, where a plugin serves its socket only. */
export async function chooseCluster(
  flags: Pick<PluginFlags, 'kubeconfig' | 'context'>,
  env: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<ClusterConfig | undefined> {
  if (flags.kubeconfig !== undefined || flags.context !== undefined) {
    const { kubeconfigConfig } = await import('../../kube/kubeconfig.ts');
    return kubeconfigConfig({ path: flags.kubeconfig, context: flags.context, clock });
  }
  return isInCluster(env) ? inClusterConfig(env, clock) : undefined;
}
