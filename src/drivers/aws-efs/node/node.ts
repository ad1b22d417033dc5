import { hostname } from 'node:os';
import { join } from 'node:path';
import type { MountedVolume, VolumeMounter } from '../../../csi/driver.ts';
import { connectionMismatch, mountedPort } from '../../../mount/tunnel/connection-mismatch.ts';
import { readNfsVolumes } from '../../../mount/tunnel/nfs-connections.ts';
import { openTunnel, type Tunnel } from '../../../mount/tunnel/open-tunnel.ts';
import { version } from '../../../version.ts';
import type { NodePorts } from '../../driver-module.ts';
import { throwFirst } from '../../refusal.ts';
import type { EfsMountPlan } from '../efs-mount.ts';
import { explainMountFailure } from './mount-failure.ts';
import { planMount } from './mount-plan.ts';
import { findMountTarget } from './mount-target.ts';
import { createMountTargetGate } from './mount-target-gate.ts';
import { trustedRoots } from './trusted-roots.ts';
import { createCertify, isTunnelOf, tunnelClient } from './tunnel-client.ts';

/** The node face: one mount per pod, without staging; pods of one volume share its way through the tunnel. */
export function createEfsMounter(ports: NodePorts): VolumeMounter<EfsMountPlan> {
  const { clock, dial, log, efs } = ports;
  const gate = createMountTargetGate({ clock, dial, nfsPort: efs.nfsPort });
  // At once, not at the first mount: mounts of an earlier run may be waiting for it.
  const tunnel = efs.mounter === 'tunnel' ? openEfsTunnel(ports) : undefined;
  tunnel?.catch((error: unknown) =>
    log.error({ err: error }, 'the TLS tunnel of this node cannot be opened'),
  );

  return {
    plan(request) {
      const { plan, refusals } = planMount(request, efs.mounter);
      throwFirst(refusals);
      if (plan === undefined) throw new Error('a refusal without a plan');
      return plan;
    },
    async prepare(plan, _request, call) {
      const target = await findMountTarget(plan, efs, call.log, call.signal);
      await gate(target, plan.fileSystemId, call.signal);
      if (tunnel === undefined) return { undo: async () => {} };
      if (!plan.encrypted) {
        return { options: connectionOptions(target.address, efs.nfsPort), undo: async () => {} };
      }
      const service = await (await tunnel).open({
        connect: { host: target.host, port: efs.nfsPort },
        checkHost: target.serverName,
        client: tunnelClient(plan),
      });
      return {
        options: connectionOptions('127.0.0.1', service.port),
        keep: service.release,
        undo: async () => service.release(),
      };
    },
    async objection(plan, mounted) {
      // By efs-utils there is a process, a port and a certificate for each mount, which are not ours to judge.
      if (tunnel === undefined || !mounted.fsType.startsWith('nfs')) return undefined;
      return (
        (plan.encrypted ? ofAnother(plan, mounted, await tunnel) : undefined) ??
        connectionMismatch(mounted, readNfsVolumes())
      );
    },
    explainFailure: explainMountFailure,
  };
}

/** The kernel wants an address where no helper resolves names for it. */
const connectionOptions = (address: string, port: number) => [`addr=${address}`, `port=${port}`];

function ofAnother(plan: EfsMountPlan, { superOptions }: MountedVolume, tunnel: Tunnel): string | undefined {
  const port = mountedPort(superOptions);
  const spec = tunnel.specAt(port);
  if (spec === undefined)
    return `it is mounted through port ${port}, which is none of this node plugin's tunnel`;
  if (isTunnelOf(spec.client, plan)) return undefined;
  const { fileSystem, accessPoint = 'no access point' } = spec.client;
  return `its connection, port ${port}, is that of ${fileSystem} with ${accessPoint}; the kernel's NFS client joins mounts whose servers present themselves as the same one, and it would run under that identity`;
}

async function openEfsTunnel({ clock, log, efs }: NodePorts): Promise<Tunnel> {
  const certify = createCertify({ aws: efs.aws, clock, hostname: hostname(), version });
  return openTunnel({
    stateDir: join(efs.stateDir, 'efs-tunnel'),
    trusted: await trustedRoots(efs.caFile),
    certify,
    clock,
    log,
  });
}
