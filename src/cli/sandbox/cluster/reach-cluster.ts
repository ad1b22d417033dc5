import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { systemClock } from '../../../async/clock.ts';
import { type KubeClient, KubeError } from '../../../kube/client.ts';
import type { ClusterConfig } from '../../../kube/cluster-config.ts';
import { kubeconfigConfig } from '../../../kube/kubeconfig.ts';
import { openKubeClient } from '../../../kube/open-kube-client.ts';
import { CommandFailure, exitCodes } from '../../exit-codes.ts';

export interface ReachedCluster {
  readonly client: KubeClient;
  readonly server: string;
  /** The file's current one; the sandbox stays with it when the user chooses another. */
  readonly context: string;
}

const ANSWER_MS = 10_000;

/** @throws CommandFailure that names the file, and the server where it does not answer or lets nobody in. */
export async function reachCluster(path: string, context?: string): Promise<ReachedCluster> {
  const refuse = (what: string, toDo: string, cause: unknown) =>
    new CommandFailure(exitCodes.wrongUsage, `--cluster ${path}: ${what}; ${toDo}`, { cause });
  let config: ClusterConfig;
  let chosen = context;
  try {
    chosen ??= String(parse(await readFile(path, 'utf8'))['current-context']);
    config = await kubeconfigConfig({ path, context: chosen, clock: systemClock });
  } catch (cause) {
    throw refuse('it is no kubeconfig with a current context that can be used', 'give another file', cause);
  }
  const { server } = config;
  const client = openKubeClient(config, { userAgent: 'berth-sandbox' });
  const check = `see what "kubectl --kubeconfig ${path} get nodes" says`;
  try {
    // Asks for more than /version: whoever may not see the drivers of a cluster cannot add one.
    await client.getPath('/apis/storage.k8s.io/v1/csidrivers', AbortSignal.timeout(ANSWER_MS));
  } catch (cause) {
    if (cause instanceof KubeError)
      throw refuse(`${server} refuses its user (${cause.status} ${cause.reason})`, check, cause);
    throw refuse(`no answer from ${server}`, check, cause);
  }
  return { client, server, context: chosen };
}
