import { hostname } from 'node:os';
import { systemClock } from '../../async/clock.ts';
import { createControllerService } from '../../csi/controller-service.ts';
import { type CsiServer, serveCsi } from '../../csi/grpc/serve-csi.ts';
import { createIdentityService } from '../../csi/identity-service.ts';
import { noProgress } from '../../csi/progress.ts';
import type { ControllerService, IdentityService } from '../../csi/service.ts';
import type { DirectoriesPort } from '../../directories/directories-port.ts';
import { loadDriver } from '../../drivers/catalog.ts';
import type { ClusterValues, ControllerPorts, Tenure } from '../../drivers/driver-module.ts';
import type { ClusterConfig } from '../../kube/cluster-config.ts';
import type { FindMade } from '../../provisioner/orphans.ts';
import { createProgressRelay, type ProgressRelay } from '../../provisioner/progress-relay.ts';
import type { FindUser } from '../../provisioner/refuse-shared.ts';
import type { FindConditions } from '../../provisioner/volume-health.ts';
import { createLog, type Log } from '../../telemetry/log.ts';
import { type Metrics, noMetrics, openMetrics } from '../../telemetry/metrics.ts';
import { version } from '../../version.ts';
import { azureChoice } from '../commands/azure-options.ts';
import type { ControllerFlags } from '../commands/controller.ts';
import { efsSettings } from '../commands/efs-options.ts';
import { driverEndpoints, healthPortOf } from '../commands/plugin-options.ts';
import { healthPorts } from '../health-ports.ts';
import { aborted, stopOnSignals } from '../stop-signals.ts';
import { chooseCluster } from './choose-cluster.ts';
import { startHealthServer } from './health-server.ts';

/** One driver's controller, served on its socket. */
interface ServedDriver {
  readonly name: string;
  readonly service: ControllerService;
  readonly identity: IdentityService;
  readonly server: CsiServer;
  readonly progress: ProgressRelay;
  readonly onLeadership: (leadership: Tenure | undefined) => void;
  readonly made?: FindMade;
  readonly conditions?: FindConditions;
  readonly usedBy?: FindUser;
  readonly topologyKeys?: readonly string[];
  readonly noSnapshots?: string;
}

/** Serves the CSI controller of each driver and, with a cluster, provisions its claims. Ends on SIGTERM. */
export async function runController(flags: ControllerFlags): Promise<void> {
  const log = createLog(flags.logLevel, { role: 'controller' });
  const failed = new AbortController();
  const stop = AbortSignal.any([stopOnSignals(log), failed.signal]);
  const closers: (() => Promise<void>)[] = [];
  let loops: readonly Promise<void>[] = [];
  try {
    loops = await start(flags, { log, stop, closers });
    // A provisioner that lost its leadership ends the process, so that it starts again from nothing.
    await Promise.race([aborted(stop), ...loops]);
  } finally {
    // What still listens would keep a process alive that serves nobody any more.
    failed.abort(new Error('another part of the controller failed'));
    await Promise.all(closers.map((close) => close()));
    await Promise.allSettled(loops);
  }
}

/** Starts all parts, each known to `closers` as soon as it has to be closed; returns the provisioners at work. */
async function start(
  flags: ControllerFlags,
  {
    log,
    stop,
    closers,
  }: { readonly log: Log; readonly stop: AbortSignal; readonly closers: (() => Promise<void>)[] },
): Promise<readonly Promise<void>[]> {
  const healthPort = healthPortOf(flags, healthPorts.controller, process.env);
  const metrics = healthPort === undefined ? noMetrics : await openMetrics();
  const endpoints = driverEndpoints(flags);
  const cluster = await chooseCluster(flags, process.env, systemClock);

  const drivers: ServedDriver[] = [];
  for (const { driver, endpoint } of endpoints) {
    const surroundings = { log: log.child({ driver }), metrics, cluster, stop };
    const served = await serveDriver(driver, endpoint, flags, surroundings);
    drivers.push(served);
    closers.push(() => served.server.close());
  }
  const health = await startHealthServer({
    port: healthPort,
    address: flags.healthAddress,
    identities: drivers.map(({ identity }) => identity),
    metrics,
    log,
  });
  closers.push(() => health.close());
  if (cluster === undefined || flags.sidecars === 'external') return [];
  return drivers.map((driver) => provision(driver, cluster, flags, { log, metrics, stop }));
}

/** What every driver of the process shares. */
interface Surroundings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly cluster: ClusterConfig | undefined;
  readonly stop: AbortSignal;
}

async function serveDriver(
  name: string,
  endpoint: string,
  flags: ControllerFlags,
  surroundings: Surroundings,
): Promise<ServedDriver> {
  const { log, metrics } = surroundings;
  const module = await loadDriver(name);
  if (!module) throw new Error(`no driver ${name}`);
  const ports = { driverName: name, clock: systemClock, log, metrics };
  let tenure: Tenure | undefined;
  const backend = await module.openController({
    ...controllerPorts(name, flags, surroundings),
    ...(flags.directories !== undefined && { directories: await openDirectories(flags.directories) }),
    // Otherwise another provisioner decides who is asked.
    ...(surroundings.cluster && flags.sidecars === 'internal' && { tenure: () => tenure }),
  });
  const progress = createProgressRelay();
  const service = createControllerService({ ...ports, backend, progress: progress.sink });
  const identity = createIdentityService({ ...ports, version, hasController: true });
  const server = await serveCsi({ endpoint, services: { identity, controller: service }, log });
  log.info({ endpoint }, 'serving the CSI controller');
  const asked = (signal: AbortSignal) => ({ signal, deadline: undefined, log, progress: noProgress });
  const made: FindMade = async (classes, signal) => (await backend.made?.(classes, asked(signal))) ?? [];
  const conditions: FindConditions = async (volumes, signal) =>
    (await backend.conditions?.(volumes, asked(signal))) ?? [];
  const usedBy: FindUser = async (id, others, signal) => backend.usedBy?.(id, others, asked(signal));
  return {
    name,
    service,
    identity,
    server,
    progress,
    onLeadership: (leadership) => {
      tenure = leadership;
    },
    ...(backend.made && { made }),
    ...(backend.conditions && { conditions }),
    ...(backend.usedBy && { usedBy }),
    ...(backend.topologyKeys && { topologyKeys: backend.topologyKeys }),
    ...(backend.noSnapshots && { noSnapshots: backend.noSnapshots }),
  };
}

/** A cloud is opened by the first driver call that needs it: a static volume needs no cloud, and no credentials. */
function controllerPorts(
  name: string,
  flags: ControllerFlags,
  { log, metrics, cluster, stop }: Surroundings,
): ControllerPorts {
  const surroundings = {
    userAgent: `${name}/${version}`,
    env: process.env,
    clock: systemClock,
    random: Math.random,
    log,
  };
  return {
    clock: systemClock,
    log,
    azure: untilItWorks(async () => {
      const { openAzure } = await import('../../cloud/azure/open-azure.ts');
      return openAzure({ ...azureChoice(flags), ...surroundings });
    }),
    stopped: stop,
    metrics,
    efs: efsSettings(flags),
    cluster: cluster && clusterValues(cluster),
    aws: untilItWorks(async () => {
      const { openAws } = await import('../../cloud/aws/open-aws.ts');
      return openAws({ ...surroundings, metrics });
    }),
  };
}

/** Opened by the first class that refers to a ConfigMap or Secret. */
function clusterValues(cluster: ClusterConfig): ClusterValues {
  const open = untilItWorks(async () => {
    const [{ openKubeClient }, { createClusterValues }] = await Promise.all([
      import('../../kube/open-kube-client.ts'),
      import('../../provisioner/cluster-values.ts'),
    ]);
    return createClusterValues(openKubeClient(cluster, { userAgent: `berth/${version} (controller)` }));
  });
  return { read: async (...request) => (await open()).read(...request) };
}

/** Loaded only where there is one to ask. */
async function openDirectories(socketPath: string): Promise<DirectoriesPort> {
  const directories = await import('../../directories/open-directories.ts');
  return directories.openDirectories(socketPath);
}

/** What `open` gave once; a failure is not kept, so that corrected settings are read by the next call. */
function untilItWorks<Port>(open: () => Promise<Port>): () => Promise<Port> {
  let opened: Promise<Port> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

async function provision(
  driver: ServedDriver,
  cluster: ClusterConfig,
  flags: ControllerFlags,
  { log, metrics, stop }: { readonly log: Log; readonly metrics: Metrics; readonly stop: AbortSignal },
): Promise<void> {
  const [{ openKubeClient }, { startProvisioner }] = await Promise.all([
    import('../../kube/open-kube-client.ts'),
    import('../../provisioner/start-provisioner.ts'),
  ]);
  const userAgent = `berth/${version} (controller)`;
  await startProvisioner({
    client: openKubeClient(cluster, { userAgent }),
    controller: driver.service,
    driverName: driver.name,
    identity: process.env.POD_NAME ?? hostname(),
    progress: driver.progress,
    onLeadership: driver.onLeadership,
    ...(driver.made && { made: driver.made }),
    ...(driver.conditions && { conditions: driver.conditions }),
    ...(driver.usedBy && { usedBy: driver.usedBy }),
    ...(driver.topologyKeys && { topologyKeys: driver.topologyKeys }),
    ...(driver.noSnapshots && { noSnapshots: driver.noSnapshots }),
    healthIntervalMs: flags.volumeHealthInterval * 1000,
    progressIntervalMs: flags.progressInterval * 1000,
    ...(flags.leaderElection && {
      leaderElection: {
        client: openKubeClient(cluster, { userAgent }),
        namespace: flags.leaderElectionNamespace ?? process.env.POD_NAMESPACE ?? cluster.namespace,
        // A restarted container of the same pod goes on at once; a bare host's name could be another's.
        ...(process.env.POD_NAME && { holder: process.env.POD_NAME }),
      },
    }),
    metrics,
    clock: systemClock,
    random: Math.random,
    log: log.child({ driver: driver.name }),
    signal: stop,
  });
}
