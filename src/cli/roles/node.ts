import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import { serveCsi } from '../../csi/grpc/serve-csi.ts';
import { createIdentityService } from '../../csi/identity-service.ts';
import { createNodeService } from '../../csi/node-service.ts';
import type { IdentityService } from '../../csi/service.ts';
import { loadDriver } from '../../drivers/catalog.ts';
import type { ClusterConfig } from '../../kube/cluster-config.ts';
import { type Registration, startRegistration } from '../../kubelet/registration.ts';
import { createMounts, type MountsOptions } from '../../mount/create-mounts.ts';
import { dial } from '../../mount/dial.ts';
import { limitUnmounts } from '../../mount/limit-unmounts.ts';
import { measureCommands } from '../../mount/measure-commands.ts';
import { readLocalText } from '../../mount/read-local-text.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { createLog, type Log } from '../../telemetry/log.ts';
import { type Metrics, noMetrics, openMetrics } from '../../telemetry/metrics.ts';
import { version } from '../../version.ts';
import type { NodeFlags } from '../commands/node.ts';
import { driverEndpoints, healthPortOf } from '../commands/plugin-options.ts';
import { exitCodes } from '../exit-codes.ts';
import { healthPorts } from '../health-ports.ts';
import { aborted, stopOnSignals } from '../stop-signals.ts';
import { chooseCluster } from './choose-cluster.ts';
import { openEfsNodePorts } from './efs-node-ports.ts';
import { startHealthServer } from './health-server.ts';
import { volumeEvents } from './volume-events.ts';

/** LNet's own default, `accept_port` of the lnet module. */
const DEFAULT_LNET_PORT = 988;

/** As `--unmounts-at-once` says. */
const UNMOUNT_PATIENCE_MS = 5_000;

const runCommand = createRunCommand();

/** Serves the CSI node plugin of each driver and registers it with kubelet. Ends on SIGTERM. */
export async function runNode(flags: NodeFlags): Promise<void> {
  const log = createLog(flags.logLevel, { role: 'node' });
  const stop = stopOnSignals(log);
  const closers: (() => Promise<void>)[] = [];
  try {
    await start(flags, { log, stop, closers });
    await aborted(stop);
  } finally {
    for (const close of closers) await close();
  }
  // A mount helper that is stuck in the kernel is still watched for; it must not keep the process from ending.
  process.exit(exitCodes.fine);
}

/** Starts all parts, each known to `closers` as soon as it has to be closed: kubelet first, probes last. */
async function start(
  flags: NodeFlags,
  {
    log,
    stop,
    closers,
  }: { readonly log: Log; readonly stop: AbortSignal; readonly closers: (() => Promise<void>)[] },
): Promise<void> {
  const healthPort = healthPortOf(flags, healthPorts.node, process.env);
  const metrics = healthPort === undefined ? noMetrics : await openMetrics();
  const endpoints = driverEndpoints(flags);
  const cluster = await chooseCluster(flags, process.env, systemClock);
  const lnetPort = flags.lnetPort ?? (await loadedLnetPort());

  const identities: IdentityService[] = [];
  for (const { driver, endpoint } of endpoints) {
    const driverLog = log.child({ driver });
    const conditionChanged = cluster && volumeEvents(driver, cluster, flags, driverLog, stop);
    const ports = { log: driverLog, metrics, conditionChanged };
    const { server, identity } = await serveDriver(driver, endpoint, lnetPort, flags, ports);
    closers.unshift(() => server.close());
    identities.push(identity);
    // Registered only once it can answer: kubelet asks NodeGetInfo at once.
    const registration =
      flags.registrationDir === undefined
        ? undefined
        : await register(driver, endpoint, flags.registrationDir, flags, driverLog);
    if (registration) closers.unshift(() => registration.close());
    if (cluster && flags.removeNotReadyTaint)
      void watchTaint(driver, registration?.registered, cluster, flags, driverLog, stop);
  }
  const health = await startHealthServer({
    port: healthPort,
    address: flags.healthAddress,
    identities,
    metrics,
    log,
  });
  closers.push(() => health.close());
}

async function register(
  driver: string,
  endpoint: string,
  registrationDir: string,
  flags: NodeFlags,
  log: Log,
): Promise<Registration> {
  const registration = await startRegistration({
    driver,
    registrationDir,
    endpoint: hostSocket(endpoint, flags.kubeletPluginDir),
    log,
  });
  void registration.refused.then((error) => {
    log.error({ err: error }, 'kubelet refused the registration; ending, to be started again');
    process.exit(1);
  });
  return registration;
}

async function serveDriver(
  name: string,
  endpoint: string,
  lnetPort: number,
  flags: NodeFlags,
  {
    log,
    metrics,
    conditionChanged,
  }: {
    readonly log: Log;
    readonly metrics: Metrics;
    readonly conditionChanged: MountsOptions['conditionChanged'] | undefined;
  },
) {
  const module = await loadDriver(name);
  if (!module) throw new Error(`no driver ${name}`);
  const ports = { driverName: name, clock: systemClock, log, metrics };
  const measured = measureCommands(runCommand, ports);
  const run =
    flags.unmountsAtOnce === undefined
      ? measured
      : limitUnmounts(measured, systemClock, {
          atOnce: flags.unmountsAtOnce,
          patienceMs: UNMOUNT_PATIENCE_MS,
        });
  const mounter = await module.openNode({
    clock: systemClock,
    log,
    run,
    dial,
    lnetPort,
    workDir: flags.workingMountDir,
    readText: readLocalText,
    efs: openEfsNodePorts(flags, process.env),
  });
  const abnormal = metrics.gauge({
    name: 'berth_node_abnormal_volumes',
    help: 'Volumes on this node whose condition was abnormal when it was last asked for.',
    labels: ['driver_name'],
  });
  const abnormalCount = (count: number) => abnormal({ driver_name: name }, count);
  const mounts = createMounts({
    run,
    clock: systemClock,
    log,
    abnormalCount,
    ...(conditionChanged && { conditionChanged }),
  });
  const identity = createIdentityService({ ...ports, version, hasController: true });
  const node = createNodeService({ ...ports, mounter, mounts, nodeId: flags.nodeId });
  const server = await serveCsi({ endpoint, services: { identity, node }, log });
  log.info({ endpoint, nodeId: flags.nodeId }, 'serving the CSI node plugin');
  return { server, identity };
}

/** Kubelet reaches the socket by its path on the host, which in a pod differs from the endpoint. */
function hostSocket(endpoint: string, kubeletPluginDir: string | undefined): string {
  const path = endpoint.replace(/^unix:(\/\/)?/, '');
  return join(kubeletPluginDir ?? dirname(path), basename(path));
}

async function loadedLnetPort(): Promise<number> {
  const text = await readFile('/sys/module/lnet/parameters/accept_port', 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || DEFAULT_LNET_PORT;
}

async function watchTaint(
  driver: string,
  registered: Promise<void> | undefined,
  cluster: ClusterConfig,
  flags: NodeFlags,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    const [{ openKubeClient }, { removeStartupTaint }] = await Promise.all([
      import('../../kube/open-kube-client.ts'),
      import('../../kubelet/startup-taint.ts'),
    ]);
    const client = openKubeClient(cluster, { userAgent: `berth/${version} (node)` });
    await removeStartupTaint({
      driver,
      nodeName: flags.nodeId,
      registered,
      client,
      clock: systemClock,
      log,
      signal,
    });
  } catch (error) {
    if (!signal.aborted) log.error({ err: error }, 'the start-up taint stays on the node');
  }
}
