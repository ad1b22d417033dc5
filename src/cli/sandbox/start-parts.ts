import { systemClock } from '../../async/clock.ts';
import type { ProcessRecord } from '../../mount/process-record.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { openAuthority } from '../../sandbox/pki/authority.ts';
import { openProcessList } from '../../sandbox/processes/process-list.ts';
import { readRunFile, type SandboxInfo } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import type { Log } from '../../telemetry/log.ts';
import { type RunningClouds, startClouds } from './clouds/start-clouds.ts';
import { startEmbeddedCluster } from './cluster/embedded-cluster.ts';
import { applyCsiDrivers } from './csi-driver-objects.ts';
import type { DriverPart } from './drivers/driver-part.ts';
import { driversOf } from './drivers/driver-parts.ts';
import type { Isolation } from './isolation.ts';
import { sandboxNodeName } from './node-name.ts';
import type { OptionalPart } from './optional-parts.ts';
import { joinSettings, type PluginSettings } from './plugin-settings.ts';
import { startKubelet } from './start-kubelet.ts';
import { superviseDrivers } from './supervise-drivers.ts';
import { waitForDrivers } from './wait-for-drivers.ts';

const runCommand = createRunCommand();
const noClouds: RunningClouds = { info: {}, controller: {} };

export interface PartsOptions {
  readonly timeScale: number;
  readonly isolation: Isolation;
  readonly without: readonly OptionalPart[];
  /** This process, as `status` and `stop` will look for it. */
  readonly sandbox: ProcessRecord;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told how to close each part, right after it started. */
  readonly onClose: (close: () => Promise<unknown>) => void;
}

/** Starts every part of a sandbox, each on what the one before offers, and resolves when all of them answer. */
export async function startParts(dir: StateDir, options: PartsOptions): Promise<SandboxInfo> {
  const processes = openProcessList(dir.processesFile);
  processes.add('sandbox', options.sandbox);
  const authority = await openAuthority(dir.pki);
  const earlier = (await readRunFile(dir))?.info.clouds ?? {};
  const clouds = options.without.includes('clouds')
    ? noClouds
    : await startClouds(dir, { ...options, authority, earlier });
  const cluster = await startEmbeddedCluster(dir, authority, options);
  const drivers = driversOf(clouds.info);
  const names = drivers.map(({ name }) => name);
  await applyCsiDrivers(cluster.client, names);
  const withNode = options.isolation !== 'none' && !options.without.includes('node');
  const node = withNode ? await startNodeSide(dir, cluster, drivers, clouds, options) : undefined;

  const plugins = superviseDrivers(dir, {
    ...options,
    processes,
    drivers: names,
    controller: clouds.controller,
    node,
  });
  options.onClose(() => Promise.all(plugins.map((plugin) => plugin.stop())));
  await waitForDrivers(dir, {
    ...options,
    client: cluster.client,
    clock: systemClock,
    drivers: names,
    ...(withNode && { nodeName: sandboxNodeName }),
  });
  return {
    cluster: 'embedded',
    kubeconfig: cluster.kubeconfig,
    caFile: authority.caFile,
    ...(withNode && { node: { name: sandboxNodeName } }),
    clouds: clouds.info,
    drivers: Object.fromEntries(
      names.map((name) => [
        name,
        { controller: `unix://${dir.controllerSocket(name)}`, node: `unix://${dir.nodeSocket(name)}` },
      ]),
    ),
  };
}

/** The drivers' file servers and the kubelet stand-in. Returns what the node plugins have to know of the former. */
async function startNodeSide(
  dir: StateDir,
  cluster: Parameters<typeof startKubelet>[1],
  drivers: readonly DriverPart[],
  clouds: RunningClouds,
  options: PartsOptions,
): Promise<PluginSettings> {
  const settings: PluginSettings[] = [];
  for (const driver of drivers) {
    const servers = await driver.startServers(dir, {
      clouds: clouds.info,
      run: runCommand,
      log: options.log.child({ driver: driver.name }),
    });
    options.onClose(servers.close);
    settings.push(servers.node);
  }
  await startKubelet(dir, cluster, { ...options, run: runCommand });
  return joinSettings(settings);
}
