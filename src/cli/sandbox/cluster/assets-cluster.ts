import { join } from 'node:path';
import { systemClock } from '../../../async/clock.ts';
import { openKubeClient } from '../../../kube/open-kube-client.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../../../sandbox/control-plane/start-control-plane.ts';
import { type LoopProgram, startLoops } from '../../../sandbox/loops/start-loops.ts';
import { startKubeletApi } from '../../../sandbox/node/kubelet-api/start-kubelet-api.ts';
import { openAuthority } from '../../../sandbox/pki/authority.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { HOST, serverCertificate } from '../host.ts';
import { readKubeconfig, writeKubeconfigs } from '../kubeconfigs.ts';
import { preferredPort } from '../ports.ts';
import type { PartsOptions } from '../start-parts.ts';
import { ownCluster, type SandboxCluster } from './sandbox-cluster.ts';

/** The user's own etcd and kube-apiserver; the loops stand in for what does not lie beside them. */
export async function startAssetsCluster(
  dir: StateDir,
  programs: ControlPlaneOptions['programs'],
  options: PartsOptions,
): Promise<SandboxCluster> {
  const { log, onClose, processes } = options;
  const cluster = await startControlPlane({
    directory: join(dir.root, 'control-plane'),
    programs,
    host: HOST,
    port: await preferredPort((await readKubeconfig(dir))?.server),
    onStart: (name, record) => processes.add(name, record),
    log: log.child({ part: 'control-plane' }),
  });
  onClose(cluster.close);
  await writeKubeconfigs(dir, {
    server: cluster.server,
    token: cluster.tokenOf(),
    caCertificate: (await openAuthority(cluster.authorityDirectory)).caCertificate,
  });
  const client = openKubeClient(cluster.configOf(), { userAgent: 'berth-sandbox' });
  const loops = startLoops({
    ...options,
    client,
    clock: systemClock,
    log: log.child({ part: 'loops' }),
    standInFor: missing(programs),
  });
  onClose(() => loops.done);
  await loops.started;
  return {
    ...ownCluster(dir, client),
    servePods: (pods) => servePods(cluster, pods, options),
  };
}

function missing(programs: ControlPlaneOptions['programs']): readonly LoopProgram[] {
  return [
    ...(programs.kubeControllerManager === undefined ? (['kube-controller-manager'] as const) : []),
    ...(programs.kubeScheduler === undefined ? (['kube-scheduler'] as const) : []),
  ];
}

async function servePods(
  cluster: ControlPlane,
  pods: Parameters<SandboxCluster['servePods']>[0],
  { log, onClose }: PartsOptions,
) {
  const authority = await openAuthority(cluster.authorityDirectory);
  const api = await startKubeletApi({
    host: HOST,
    tls: await serverCertificate(authority),
    clientCa: authority.caCertificate,
    // The authority issues certificates to the control plane alone.
    mayAccess: async () => true,
    pods,
    log: log.child({ part: 'kubelet-api' }),
  });
  onClose(() => api.close());
  return { address: HOST, kubeletPort: api.port };
}
