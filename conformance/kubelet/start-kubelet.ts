import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningPrograms } from '../../src/sandbox/control-plane/run-programs.ts';
import { findTool } from '../tools/find-tool.ts';
import { kubelet } from '../tools/tools.ts';
import { nodeAddress } from './prepare-machine.ts';
import { containerdSocket } from './start-containerd.ts';

export const nodeName = 'node1';
export const nodeUser = { name: `system:node:${nodeName}`, groups: ['system:nodes'] };

/** Whoever reaches the node's address is on this machine, and the machine is the test's own: nobody is kept out. */
const configOf = (cgroup: string) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: nodeAddress,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  containerRuntimeEndpoint: `unix://${containerdSocket}`,
  cgroupRoot: cgroup,
  cgroupDriver: 'cgroupfs',
  failCgroupV1: false,
  enforceNodeAllocatable: [],
  failSwapOn: false,
  // Lowering it takes CAP_SYS_RESOURCE.
  oomScoreAdj: 0,
  // The default names a file that a machine without systemd-resolved lacks.
  resolvConf: '',
  evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  imageGCHighThresholdPercent: 100,
  // As AKS does where node pools ask for it: pods come once the driver has taken this off.
  registerWithTaints: [{ key: 'azurelustre.csi.azure.com/agent-not-ready', effect: 'NoSchedule' }],
  // A container that was killed twice is started again after ten seconds, unless this says sooner.
  featureGates: { KubeletCrashLoopBackOffMax: true },
  crashLoopBackOff: { maxContainerRestartPeriod: '1s' },
  // Volumes are measured this often; by default once a minute.
  volumeStatsAggPeriod: '2s',
});

/** Starts the real kubelet with its usual paths; it is started again whenever it ends. */
export async function startKubelet(
  programs: RunningPrograms,
  options: { readonly directory: string; readonly cgroup: string; readonly kubeconfig: string },
): Promise<void> {
  const found = findTool(kubelet);
  if ('missing' in found) throw new Error(found.missing);
  const configFile = join(options.directory, 'kubelet.json');
  await writeFile(configFile, JSON.stringify(configOf(options.cgroup)));
  programs.start('kubelet', found.path, [
    `--config=${configFile}`,
    `--kubeconfig=${options.kubeconfig}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${nodeAddress}`,
  ]);
}
