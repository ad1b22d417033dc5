import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { type RunningPrograms, runPrograms } from '../../src/sandbox/control-plane/run-programs.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { type CleansUp, startControlPlaneIn } from '../control-plane/open-control-plane.ts';
import { type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { type Helm, installBerth, openHelm } from './install-berth.ts';
import { type Azure, openAzure } from './open-azure.ts';
import { apiServer, prepareMachine } from './prepare-machine.ts';
import { startContainerd } from './start-containerd.ts';
import { nodeName, nodeUser, startKubelet } from './start-kubelet.ts';

/** Kubernetes with one real node, and Berth installed on it as its users install it. */
export interface KubeletWorld {
  readonly cluster: ControlPlane;
  readonly azure: Azure;
  /** containerd and kubelet. */
  readonly programs: RunningPrograms;
  readonly client: KubeClient;
  readonly kubectl: Kubectl;
  readonly helm: Helm;
}

/** API servers before 1.32 have no watch-list streams; on those of the other suites they are on. */
const asOldestServers = ['--feature-gates=WatchList=false'];

/** On a machine of its own only: see onOwnMachine. `directory` holds the images. */
export async function openKubeletWorld(
  t: CleansUp,
  options: { readonly directory: string; readonly cgroup: string; readonly timeScale: number },
): Promise<KubeletWorld> {
  const { directory, cgroup } = options;
  await prepareMachine(directory);
  const logs = join(directory, 'logs');
  await mkdir(logs);
  const programs = runPrograms({ logs, clock: systemClock, log: silentLog });
  t.after(() => programs.stop([]));
  const [cluster, azure] = await Promise.all([
    startControlPlaneIn(join(directory, 'control-plane'), {
      ...apiServer,
      users: [nodeUser],
      audit: true,
      apiserverFlags: asOldestServers,
    }),
    openAzure(t, options.timeScale),
    startContainerd(programs, directory),
  ]);
  t.after(cluster.close);
  await startKubelet(programs, { directory, cgroup, kubeconfig: cluster.kubeconfigOf(nodeUser.name) });
  const found = findTool(newestKubectl);
  if ('missing' in found) throw new Error(found.missing);
  const kubectl = openKubectl(found.path, cluster.kubeconfig);
  await kubectl('wait', '--for=create', `node/${nodeName}`, '--timeout=60s');
  await kubectl('wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=60s');
  const helm = openHelm(cluster.kubeconfig);
  await installBerth(helm);
  return { cluster, azure, programs, kubectl, helm, client: openKubeClient(cluster.configOf()) };
}
