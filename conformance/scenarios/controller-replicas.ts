import { join } from 'node:path';
import { systemClock } from '../../src/async/clock.ts';
import { signalProcess } from '../../src/mount/process-record.ts';
import type { AzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import { type Supervised, supervise } from '../../src/sandbox/processes/supervisor.ts';
import { claimStateDir } from '../../src/sandbox/state/claim-state-dir.ts';
import { type StateDir, stateDir } from '../../src/sandbox/state/state-dir.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import type { CleansUp } from '../control-plane/open-control-plane.ts';
import { berthCommand } from '../testing/berth.ts';
import { eventually } from '../testing/kubectl.ts';
import { driver, type ProvisioningWorld } from './provisioning-world.ts';
import { openRealCloud } from './real-cloud.ts';

export interface ReplicaOptions {
  readonly timeScale: number;
  /** Pod names; default one. */
  readonly replicas?: readonly string[];
}

export interface ControllerReplicas extends Omit<ProvisioningWorld, 'client'> {
  readonly cloud: AzureCloud;
  /** kill -9 of one replica, as when its machine is lost: it does not come back. */
  loseReplica(podName: string): Promise<void>;
}

/** A simulated Azure in this process, and `berth controller` on it: one process for each replica, with leader election. */
export async function openControllerReplicas(
  t: CleansUp,
  cluster: { readonly directory: string; readonly kubeconfig: string; readonly logs: string },
  options: ReplicaOptions,
): Promise<ControllerReplicas> {
  const dir = stateDir(join(cluster.directory, 'berth'));
  await claimStateDir(dir);
  const { cloud, fileSystems } = await openRealCloud(dir, options.timeScale);
  const podNames = options.replicas ?? ['controller-0'];
  const replicas = new Map(podNames.map((name) => [name, superviseController(cluster, dir, name)]));
  t.after(async () => {
    await Promise.all([...replicas.values()].map((replica) => replica.stop()));
    await cloud.close();
  });
  return {
    cloud,
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

function superviseController(
  cluster: { readonly kubeconfig: string; readonly logs: string },
  dir: StateDir,
  podName: string,
): Supervised {
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
        ...['--kubeconfig', cluster.kubeconfig],
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
