import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { signalProcess } from '../../src/mount/process-record.ts';
import { type RunningPrograms, runPrograms } from '../../src/sandbox/control-plane/run-programs.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { type CleansUp, startControlPlaneIn } from '../control-plane/open-control-plane.ts';
import type { PodWorld } from '../scenarios/pod-world.ts';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { tutorialImage } from './build-images.ts';
import { findProcesses } from './find-processes.ts';
import { type Helm, installBerth, openHelm } from './install-berth.ts';
import { nodePluginOf } from './node-plugin.ts';
import { openAzure } from './open-azure.ts';
import { apiServer, prepareMachine } from './prepare-machine.ts';
import { startContainerd } from './start-containerd.ts';
import { nodeName, nodeUser, startKubelet } from './start-kubelet.ts';

/** Kubernetes with one real node, and Berth installed on it as its users install it. */
export interface KubeletWorld extends PodWorld {
  readonly cluster: ControlPlane;
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
    startCluster(t, directory),
    openAzure(t, options.timeScale),
    startContainerd(programs, directory),
  ]);
  await startKubelet(programs, { directory, cgroup, kubeconfig: cluster.kubeconfigOf(nodeUser.name) });
  const kubectl = newestKubectlOn(cluster);
  await kubectl('wait', '--for=create', `node/${nodeName}`, '--timeout=60s');
  await kubectl('wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=60s');
  const helm = openHelm(cluster.kubeconfig);
  await installBerth(helm);
  return {
    ...azure,
    ...{ cluster, kubectl, helm },
    client: openKubeClient(cluster.configOf()),
    image: tutorialImage,
    restartKubelet: async () => {
      await killKubelet(programs);
      await kubeletServes(kubectl);
    },
    restartNodePlugin: nodePluginOf(kubectl).kill,
    killController,
  };
}

async function startCluster(t: CleansUp, directory: string): Promise<ControlPlane> {
  const cluster = await startControlPlaneIn(join(directory, 'control-plane'), {
    ...apiServer,
    users: [nodeUser],
    audit: true,
    apiserverFlags: asOldestServers,
  });
  t.after(cluster.close);
  return cluster;
}

function newestKubectlOn({ kubeconfig }: ControlPlane): Kubectl {
  const found = findTool(newestKubectl);
  if ('missing' in found) throw new Error(found.missing);
  return openKubectl(found.path, kubeconfig);
}

/** kill -9; resolves when another runs. */
async function killKubelet(programs: RunningPrograms): Promise<void> {
  const before = programs.processOf('kubelet');
  if (before) signalProcess(before, 'SIGKILL');
  await eventually(
    async () => programs.processOf('kubelet')?.pid,
    (pid) => pid !== undefined && pid !== before?.pid,
  );
}

/** Until its node is missed for a while, the API server holds it for Ready: only kubelet itself knows that it is. */
async function kubeletServes(kubectl: Kubectl): Promise<void> {
  await eventually(
    () => kubectl.tried('get', '--raw', `/api/v1/nodes/${nodeName}/proxy/pods`),
    ({ exitCode, stdout }) => exitCode === 0 && JSON.parse(stdout).items !== null,
  );
}

async function killController(): Promise<void> {
  const [controller] = await eventually(
    async () => findProcesses('/app/controller.cjs', 'controller'),
    ({ length }) => length === 1,
  );
  if (controller !== undefined) process.kill(controller, 'SIGKILL');
}
