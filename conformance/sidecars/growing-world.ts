import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import { createControllerService } from '../../src/csi/controller-service.ts';
import type { VolumeBackend } from '../../src/csi/driver.ts';
import { CsiError } from '../../src/csi/errors.ts';
import { serveCsi } from '../../src/csi/grpc/serve-csi.ts';
import { createIdentityService } from '../../src/csi/identity-service.ts';
import { noProgress } from '../../src/csi/progress.ts';
import type { ControllerService } from '../../src/csi/service.ts';
import { createMemoryBackend } from '../../src/csi/testing/memory-backend.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { startProvisioner } from '../../src/provisioner/start-provisioner.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/metrics.ts';
import { type CleansUp, openControlPlane } from '../control-plane/open-control-plane.ts';
import type { ProvisioningWorld } from '../scenarios/provisioning-world.ts';
import type { Loops } from './sidecar-world.ts';
import { sidecarUsers, startCsiProvisioner, startCsiResizer } from './start-sidecars.ts';

export interface GrowingWorld extends Pick<ProvisioningWorld, 'client' | 'fileSystems'> {
  /** The provisioner of a StorageClass whose volumes these loops make and grow. */
  driverOf(loops: Loops): string;
}

const GIB = 2n ** 30n;
/** No volume of these drivers can be larger. */
export const mostGiB = 10n;

/**
 * Two drivers on one real control plane, the same but for their names: one under Berth's own loops, one under
 * csi-provisioner and csi-resizer. No driver of a cloud that is here can grow a volume, so they keep theirs in memory.
 */
export async function openGrowingWorld(t: CleansUp): Promise<GrowingWorld> {
  const cluster = await openControlPlane(t, { users: sidecarUsers });
  const driverOf = (loops: Loops) => `memory.${loops}.example`;
  await serveUnderSidecars(t, cluster, driverOf('external'));
  serveUnderLoops(t, cluster, driverOf('internal'));
  return { client: openKubeClient(cluster.configOf()), fileSystems: async () => [], driverOf };
}

const portsOf = (driverName: string) => ({
  driverName,
  clock: systemClock,
  log: silentLog,
  metrics: noMetrics,
});

/** `color: two-steps` makes volumes whose file system the node has to grow. */
function growingController(driverName: string): ControllerService {
  const memory = createMemoryBackend({ clock: systemClock, expandable: true });
  const backend: VolumeBackend = {
    ...(memory as VolumeBackend),
    // Of the parameters only the class's own: provisioners add the names of claim and volume.
    intent: (request) => memory.intent({ ...request, parameters: { color: request.parameters.color ?? '' } }),
    async expand(id, range, call) {
      if (range.requiredBytes > mostGiB * GIB)
        throw new CsiError('out-of-range', `a volume has at most ${mostGiB} GiB`);
      const volume = await memory.get(id, call);
      const grown = await memory.expand?.(id, range, call);
      if (grown === undefined) throw new CsiError('unimplemented', 'this backend cannot expand');
      return { ...grown, nodeExpansionRequired: volume?.context.color === 'two-steps' };
    },
  };
  return createControllerService({ ...portsOf(driverName), backend, progress: noProgress });
}

async function serveUnderSidecars(t: CleansUp, cluster: ControlPlane, driverName: string): Promise<void> {
  const socket = join(cluster.logs, 'csi.sock');
  const identity = createIdentityService({ ...portsOf(driverName), version: '1', hasController: true });
  const services = { identity, controller: growingController(driverName) };
  const server = await serveCsi({ endpoint: `unix://${socket}`, services, log: silentLog });
  const sidecars = [startCsiProvisioner(cluster, socket), startCsiResizer(cluster, socket)];
  t.after(async () => {
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
    await server.close();
  });
}

function serveUnderLoops(t: CleansUp, cluster: ControlPlane, driverName: string): void {
  const stop = new AbortController();
  const done = startProvisioner({
    ...portsOf(driverName),
    client: openKubeClient(cluster.configOf()),
    controller: growingController(driverName),
    identity: 'test',
    random: Math.random,
    signal: stop.signal,
  });
  t.after(async () => {
    stop.abort();
    await done;
  });
}
