import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { signalProcess } from '../../src/mount/process-record.ts';
import type { AzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { type Supervised, supervise } from '../../src/sandbox/processes/supervisor.ts';
import { claimStateDir } from '../../src/sandbox/state/claim-state-dir.ts';
import { type StateDir, stateDir } from '../../src/sandbox/state/state-dir.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { type CleansUp, openControlPlane } from '../control-plane/open-control-plane.ts';
import { berthCommand } from '../testing/berth.ts';
import { eventually } from '../testing/kubectl.ts';
import { controllerUser, grantControllerRole } from './controller-role.ts';
import { driver, type ProvisioningWorld } from './provisioning-world.ts';
import { openRealCloud } from './real-cloud.ts';

export interface RealWorld extends ProvisioningWorld {
  readonly cluster: ControlPlane;
  readonly cloud: AzureCloud;
  /** kill -9 of one replica, as when its machine is lost: it does not come back. */
  loseReplica(podName: string): Promise<void>;
}

/** A real control plane and a simulated Azure, with `berth controller` as a process that has only its own role's rights. */
export async function openRealWorld(
  t: CleansUp,
  options: { readonly timeScale: number; readonly replicas?: readonly string[] },
): Promise<RealWorld> {
  const cluster = await openControlPlane(t, { users: [controllerUser], audit: true });
  const client = openKubeClient(cluster.configOf());
  await grantControllerRole(client);
  const dir = stateDir(join(cluster.logs, '../berth'));
  await claimStateDir(dir);
  const { cloud, fileSystems } = await openRealCloud(dir, options.timeScale);
  const podNames = options.replicas ?? ['controller-0'];
  const replicas = new Map(podNames.map((name) => [name, superviseController(cluster, dir, name)]));
  t.after(async () => {
    await Promise.all([...replicas.values()].map((replica) => replica.stop()));
    await cloud.close();
  });
  return {
    cluster,
    cloud,
    client,
    loseReplica: async (podName) => {
      const replica = replicas.get(podName);
      const record = replica?.current();
      const stopped = replica?.stop();
      if (record) signalProcess(record, 'SIGKILL');
      await stopped;
    },
    mgsAddress: cloud.mgsAddress ?? '',
    fileSystems,
    killController: async () => {
      const running = await eventually(
        async () => replicas.get(podNames[0] ?? '')?.current(),
        (record) => record !== undefined,
      );
      if (running) signalProcess(running, 'SIGKILL');
    },
  };
}

function superviseController(cluster: ControlPlane, dir: StateDir, podName: string): Supervised {
  const [program, ...args] = berthCommand;
  return supervise(
    {
      name: podName,
      program,
      args: [
        ...args,
        'controller',
        ...['--driver', driver],
        ...['--endpoint', `unix://${join(dir.root, `${podName}.sock`)}`],
        ...['--kubeconfig', cluster.kubeconfigOf(controllerUser.name)],
        ...['--azure-config-file', dir.azureConfigFile],
        ...['--azure-environment-file', dir.azureEnvironmentFile],
        ...['--leader-election-namespace', 'kube-system'],
        ...['--progress-interval', '1'],
      ],
      env: { ...process.env, POD_NAME: podName },
      logFile: join(cluster.logs, `${podName}.log`),
    },
    { clock: systemClock, log: silentLog, onStart: () => {} },
  );
}
