import { systemClock } from '../../async/clock.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { openAuthority } from '../../sandbox/pki/authority.ts';
import type { ProcessList } from '../../sandbox/processes/process-list.ts';
import { readRunFile, type SandboxInfo } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import type { Log } from '../../telemetry/log.ts';
import { type RunningClouds, startClouds } from './clouds/start-clouds.ts';
import type { SandboxCluster } from './cluster/sandbox-cluster.ts';
import { startCluster } from './cluster/start-cluster.ts';
import type { DriverPart } from './drivers/driver-part.ts';
import { driversOf } from './drivers/driver-parts.ts';
import { joinSettings, type PluginSettings } from './plugin-settings.ts';
import type { SandboxChoices } from './sandbox-choices.ts';
import { startKubelet } from './start-kubelet.ts';
import { superviseDrivers } from './supervise-drivers.ts';
import { waitForDrivers } from './wait-for-drivers.ts';

const runCommand = createRunCommand();
const noClouds: RunningClouds = { info: {}, controller: {}, node: {}, exports: {} };

export interface PartsOptions extends SandboxChoices {
  /** Every process of the sandbox, for a start or stop after a kill. */
  readonly processes: ProcessList;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told how to close each part, right after it started. */
  readonly onClose: (close: () => Promise<unknown>) => void;
}

/** Starts every part of a sandbox, each on what the one before offers, and resolves when all of them answer. */
export async function startParts(dir: StateDir, options: PartsOptions): Promise<SandboxInfo> {
  const authority = await openAuthority(dir.pki);
  const cluster = await startCluster(dir, authority, options);
  const earlier = (await readRunFile(dir))?.info.clouds ?? {};
  const clouds = options.without.includes('clouds')
    ? noClouds
    : await startClouds(dir, { ...options, authority, earlier });
  const drivers = driversOf(clouds.info);
  const names = drivers.map(({ name }) => name);
  await cluster.applyCsiDrivers(names);
  const withNode = options.isolation !== 'none' && !options.without.includes('node');
  const node = withNode ? await startNodeSide(dir, cluster, drivers, clouds, options) : undefined;

  const plugins = superviseDrivers(dir, {
    ...options,
    drivers: names,
    controller: joinSettings([
      { args: cluster.plugins.controller },
      clouds.controller,
      { args: options.controllerArg },
    ]),
    node: node && joinSettings([{ args: cluster.plugins.node }, node]),
  });
  options.onClose(() => Promise.all(plugins.map((plugin) => plugin.stop())));
  await waitForDrivers(dir, {
    ...options,
    client: cluster.client,
    clock: systemClock,
    drivers: names,
    nodeName: withNode ? options.nodeName : undefined,
  });
  return {
    cluster: options.cluster.kind,
    kubeconfig: cluster.kubeconfig,
    caFile: authority.caFile,
    ...(withNode && { node: { name: options.nodeName } }),
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
  cluster: SandboxCluster,
  drivers: readonly DriverPart[],
  clouds: RunningClouds,
  options: PartsOptions,
): Promise<PluginSettings> {
  const settings: PluginSettings[] = [clouds.node];
  for (const driver of drivers) {
    const servers = await driver.startServers(dir, {
      clouds: clouds.info,
      exports: clouds.exports,
      run: runCommand,
      log: options.log.child({ driver: driver.name }),
    });
    options.onClose(servers.close);
    settings.push(servers.node);
  }
  await startKubelet(dir, cluster, { ...options, run: runCommand });
  return joinSettings(settings);
}
