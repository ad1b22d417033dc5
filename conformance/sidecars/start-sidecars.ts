import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { type Supervised, supervise } from '../../src/sandbox/processes/supervisor.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { findTool } from '../tools/find-tool.ts';
import { csiProvisioner, csiResizer, type GoTool } from '../tools/tools.ts';

/** May do everything: what rights the sidecars need is upstream's to say. By their names the audit log tells them apart. */
export const sidecarUsers = [
  { name: csiProvisioner.name, groups: ['system:masters'] },
  { name: csiResizer.name, groups: ['system:masters'] },
];

/**
 * Why the sidecars cannot run on this machine, or false: for `skip`. Of the standard sidecars these two are published as
 * Go modules; node-driver-registrar and livenessprobe are not, so nothing here runs Berth beside them.
 */
export function sidecarRefusal(): string | false {
  for (const tool of [csiProvisioner, csiResizer]) {
    const found = findTool(tool);
    if ('missing' in found) return found.missing;
  }
  return false;
}

/** With the flags of upstream's Azure Lustre controller pod, leader election apart: there is one of it. */
export const upstreamProvisionerFlags: readonly string[] = ['--extra-create-metadata', '--timeout=15m'];

export const startCsiProvisioner = (
  cluster: ControlPlane,
  socket: string,
  flags: readonly string[] = upstreamProvisionerFlags,
): Supervised => startSidecar(csiProvisioner, cluster, socket, flags);

export const startCsiResizer = (
  cluster: ControlPlane,
  socket: string,
  flags: readonly string[] = [],
): Supervised => startSidecar(csiResizer, cluster, socket, flags);

export function sidecarLog(cluster: ControlPlane, tool: GoTool): string {
  return join(cluster.logs, `${tool.name}.log`);
}

/** Started again whenever it ends, as it does when the driver's socket closes. */
function startSidecar(
  tool: GoTool,
  cluster: ControlPlane,
  socket: string,
  flags: readonly string[],
): Supervised {
  const found = findTool(tool);
  if ('missing' in found) throw new Error(found.missing);
  return supervise(
    {
      name: tool.name,
      program: found.path,
      args: [`--csi-address=${socket}`, `--kubeconfig=${cluster.kubeconfigOf(tool.name)}`, ...flags],
      env: { PATH: process.env.PATH },
      logFile: sidecarLog(cluster, tool),
    },
    { clock: systemClock, log: silentLog, onStart: () => {} },
  );
}
