import type { Clock } from '../../async/clock.ts';
import type { ClusterConfig } from '../../kube/cluster-config.ts';
import { inClusterConfig, isInCluster } from '../../kube/in-cluster.ts';
import type { PluginFlags } from '../commands/plugin-options.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

/** The cluster that the flags or the pod name; undefined outside of any, where a plugin serves its socket only. */
export async function chooseCluster(
  flags: Pick<PluginFlags, 'kubeconfig' | 'context'>,
  env: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<ClusterConfig | undefined> {
  if (flags.kubeconfig !== undefined || flags.context !== undefined) {
    const { kubeconfigConfig } = await import('../../kube/kubeconfig.ts');
    try {
      return await kubeconfigConfig({ path: flags.kubeconfig, context: flags.context, clock });
    } catch (cause) {
      const file = flags.kubeconfig ?? 'the default kubeconfig';
      throw new CommandFailure(exitCodes.wrongUsage, `--kubeconfig: ${file} cannot be used`, { cause });
    }
  }
  return isInCluster(env) ? inClusterConfig(env, clock) : undefined;
}
