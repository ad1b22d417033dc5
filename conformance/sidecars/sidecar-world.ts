import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { type ProcessRecord, signalProcess } from '../../src/mount/process-record.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { type Supervised, supervise } from '../../src/sandbox/processes/supervisor.ts';
import { claimStateDir } from '../../src/sandbox/state/claim-state-dir.ts';
import { type StateDir, stateDir } from '../../src/sandbox/state/state-dir.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { type CleansUp, openControlPlane } from '../control-plane/open-control-plane.ts';
import { controllerUser, grantControllerRole } from '../scenarios/controller-role.ts';
import { driver, type ProvisioningWorld } from '../scenarios/provisioning-world.ts';
import { openRealCloud } from '../scenarios/real-cloud.ts';
import { berthCommand } from '../testing/berth.ts';
import { eventually } from '../testing/kubectl.ts';
import { sidecarUsers, startCsiProvisioner } from './start-sidecars.ts';

/** Who makes and deletes the volumes of claims: Berth's own loops, or csi-provisioner on Berth's socket. */
export type Loops = 'internal' | 'external';

export interface SidecarWorld extends ProvisioningWorld {
  readonly cluster: ControlPlane;
  /** Of Berth's CSI controller, whichever loops call it. */
  readonly socket: string;
  /** Ends the loops at work and starts these, as an upgrade with the other value of `--sidecars` does. */
  switchTo(loops: Loops): Promise<void>;
}

/** A real control plane and a simulated Azure with `berth controller`, at first under csi-provisioner. */
export async function openSidecarWorld(
  t: CleansUp,
  options: { readonly timeScale: number },
): Promise<SidecarWorld> {
  const cluster = await openControlPlane(t, { users: [controllerUser, ...sidecarUsers], audit: true });
  const client = openKubeClient(cluster.configOf());
  await grantControllerRole(client);
  const dir = stateDir(join(cluster.logs, '../berth'));
  await claimStateDir(dir);
  const { cloud, fileSystems } = await openRealCloud(dir, options.timeScale);
  const socket = join(dir.root, 'csi.sock');
  let running: readonly Supervised[] = [];
  const stop = async () => {
    await Promise.all(running.map((program) => program.stop()));
  };
  t.after(async () => {
    await stop();
    await cloud.close();
  });
  const switchTo = async (loops: Loops) => {
    await stop();
    running = startLoops(loops, { cluster, dir, socket });
  };
  await switchTo('external');
  return {
    cluster,
    socket,
    client,
    mgsAddress: cloud.mgsAddress ?? '',
    fileSystems,
    switchTo,
    killController: async () => {
      const controller = await eventually(
        async (): Promise<ProcessRecord | undefined> => running[0]?.current(),
        (record) => record !== undefined,
      );
      if (controller) signalProcess(controller, 'SIGKILL');
    },
  };
}

interface LoopsInput {
  readonly cluster: ControlPlane;
  readonly dir: StateDir;
  readonly socket: string;
}

/** The controller first. */
function startLoops(loops: Loops, { cluster, dir, socket }: LoopsInput): readonly Supervised[] {
  const flags = ['--endpoint', `unix://${socket}`, ...loopFlags(loops, cluster)];
  const controller = superviseController(cluster, dir, flags);
  return loops === 'internal' ? [controller] : [controller, startCsiProvisioner(cluster, socket)];
}

/** Under the sidecars the controller itself asks nothing of the cluster, so it is not told of one. */
function loopFlags(loops: Loops, cluster: ControlPlane): readonly string[] {
  if (loops === 'external') return ['--sidecars', 'external'];
  return [
    ...['--kubeconfig', cluster.kubeconfigOf(controllerUser.name)],
    '--no-leader-election',
    ...['--progress-interval', '1'],
  ];
}

function superviseController(cluster: ControlPlane, dir: StateDir, flags: readonly string[]): Supervised {
  const [program, ...args] = berthCommand;
  return supervise(
    {
      name: 'controller',
      program,
      args: [
        ...args,
        'controller',
        ...['--driver', driver],
        ...['--azure-config-file', dir.azureConfigFile],
        ...['--azure-environment-file', dir.azureEnvironmentFile],
        ...flags,
      ],
      env: process.env,
      logFile: join(cluster.logs, 'controller.log'),
    },
    { clock: systemClock, log: silentLog, onStart: () => {} },
  );
}
