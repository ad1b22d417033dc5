import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCsiProvisioner, upstreamProvisionerFlags } from '../../conformance/sidecars/start-sidecars.ts';
import { nodeFlags } from '../../deploy/image/node-flags.ts';
import { systemClock } from '../../src/async/clock.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import { type Supervised, supervise } from '../../src/sandbox/processes/supervisor.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { nodeOptions } from '../node-options.ts';

export interface Ground {
  readonly cluster: ControlPlane;
  /** The controller's bundle, as the image has it. */
  readonly bundle: string;
  readonly compileCache: string;
}

/** A way to run the controller pod. All of them serve the same driver. */
export interface Contestant {
  readonly name: string;
  /** As whom it writes to the cluster. */
  readonly user: string;
  /** The processes of its pod. */
  start(ground: Ground): Promise<readonly Supervised[]>;
}

export const driver = 'azurelustre.csi.azure.com';
export const berthUser = 'berth-controller';
export const sidecarUser = 'csi-provisioner';

export const inProcess = inProcessOf(driver);

/** `cloud` is the environment that leads the driver to its cloud. */
export function inProcessOf(driverName: string, cloud: NodeJS.ProcessEnv = {}): Contestant {
  return {
    name: 'in-process provisioner',
    user: berthUser,
    start: async (ground) => {
      const { hostname, port } = new URL(ground.cluster.server);
      const flags = ['--driver', driverName, '--no-leader-election'];
      const env = { ...cloud, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      return [startController(ground, flags, env, inPodOf(await serviceAccount(ground.cluster)))];
    },
  };
}

/** What its users come to when the defaults are too slow for them. */
export const tunedFlags = ['--kube-api-qps=100', '--kube-api-burst=200', '--worker-threads=100'] as const;

export const byDefault = underCsiProvisioner('csi-provisioner, its defaults', []);

export const tuned = underCsiProvisioner('csi-provisioner, tuned', tunedFlags);

function underCsiProvisioner(name: string, flags: readonly string[]): Contestant {
  return {
    name,
    user: sidecarUser,
    start: async (ground) => [
      startController(ground, ['--driver', driver, '--sidecars', 'external']),
      startCsiProvisioner(ground.cluster, socketOf(ground), [...upstreamProvisionerFlags, ...flags]),
    ],
  };
}

export const socketOf = ({ cluster }: Ground) => join(cluster.logs, 'csi.sock');

/** The files that kubelet gives a pod for its service account. */
async function serviceAccount(cluster: ControlPlane): Promise<string> {
  const directory = join(cluster.logs, 'serviceaccount');
  const { server, ca = '', credentials } = cluster.configOf(berthUser);
  const { authorization = '' } = await credentials(false);
  if (!server.startsWith('https:')) throw new Error('a pod reaches the API server over TLS only');
  await mkdir(directory);
  await writeFile(join(directory, 'ca.crt'), ca);
  await writeFile(join(directory, 'token'), authorization.replace('Bearer ', ''));
  await writeFile(join(directory, 'namespace'), 'kube-system');
  return directory;
}

/**
 * A command before the program's, to let it find these files where a pod has them: reading a kubeconfig would load a
 * library that no controller in a pod loads, and be measured with it.
 */
const inPodOf = (serviceAccountFiles: string): readonly string[] => [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec'],
  `mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io
ln -s "$0" /run/secrets/kubernetes.io/serviceaccount && exec "$@"`,
  serviceAccountFiles,
];

/** With its health port and its metrics, as in a pod. */
function startController(
  ground: Ground,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
  launcher: readonly string[] = [],
): Supervised {
  const [program = process.execPath, ...args] = [
    ...launcher,
    process.execPath,
    ...nodeFlags.controller,
    ground.bundle,
    'controller',
    ...['--endpoint', `unix://${socketOf(ground)}`],
    ...['--health-port', '0', '--health-address', '127.0.0.1'],
    ...flags,
  ];
  return supervise(
    {
      name: 'controller',
      program,
      args,
      env: {
        ...env,
        PATH: process.env.PATH,
        NODE_OPTIONS: nodeOptions('controller'),
        NODE_COMPILE_CACHE: ground.compileCache,
        NODE_COMPILE_CACHE_PORTABLE: '1',
      },
      logFile: join(ground.cluster.logs, 'controller.log'),
    },
    { clock: systemClock, log: silentLog, onStart: () => {} },
  );
}
