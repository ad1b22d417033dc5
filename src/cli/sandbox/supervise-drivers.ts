import { delimiter, join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import type { ProcessList } from '../../sandbox/processes/process-list.ts';
import { type Supervised, supervise } from '../../sandbox/processes/supervisor.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import type { Log } from '../../telemetry/log.ts';
import type { PluginSettings } from './plugin-settings.ts';

export interface DriverProcesses {
  /** Names of the drivers, all in the same two processes. */
  readonly drivers: readonly string[];
  readonly controller: PluginSettings;
  /** Undefined where there is no node to run a plugin on. */
  readonly node: PluginSettings | undefined;
  readonly nodeName: string;
  readonly processes: ProcessList;
  readonly log: Log;
}

/** The plugins as a cluster would run them: `berth controller`, `berth directories` and `berth node`, each a process. */
export function superviseDrivers(dir: StateDir, options: DriverProcesses): readonly Supervised[] {
  const { drivers, controller, node } = options;
  if (drivers.length === 0) return [];
  const start = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    supervise(
      {
        name,
        program: process.execPath,
        args: [...process.execArgv, process.argv[1] ?? '', ...args],
        env: { ...process.env, ...env },
        logFile: join(dir.logs, `${name}.log`),
      },
      { clock: systemClock, log: options.log, onStart: (record) => options.processes.add(name, record) },
    );
  // Directory work mounts, so it is there where a node can be.
  const beside = node === undefined ? [] : ['--directories', dir.directoriesSocket];
  const controllers = start(
    'controller',
    [...controllerArguments(dir, drivers), ...beside, ...(controller.args ?? [])],
    controller.env,
  );
  if (node === undefined) return [controllers];
  // The simulated mount helpers stand first; the plugin finds them as it would find the real ones.
  const path = [dir.bin, process.env.PATH].join(delimiter);
  const nodes = start('node', [...nodeArguments(dir, options.nodeName, drivers), ...(node.args ?? [])], {
    ...node.env,
    PATH: path,
  });
  const directories = start('directories', directoriesArguments(dir), { PATH: path });
  return [controllers, directories, nodes];
}

function controllerArguments(dir: StateDir, drivers: readonly string[]): string[] {
  return [
    'controller',
    ...drivers.flatMap((name) => ['--driver', name]),
    ...drivers.flatMap((name) => ['--endpoint', `unix://${dir.controllerSocket(name)}`]),
    // There is one controller, and waiting for the Lease of one that was killed would only cost time.
    '--no-leader-election',
    // The defaults are most of what a scaled creation takes, and more than anybody watches a sandbox for.
    ...['--progress-interval', '1', '--volume-health-interval', '10'],
  ];
}

function directoriesArguments(dir: StateDir): string[] {
  return ['directories', '--socket', dir.directoriesSocket, '--mount-point', join(dir.root, 'directories')];
}

function nodeArguments(dir: StateDir, nodeName: string, drivers: readonly string[]): string[] {
  return [
    'node',
    ...drivers.flatMap((name) => ['--driver', name]),
    ...drivers.flatMap((name) => ['--endpoint', `unix://${dir.nodeSocket(name)}`]),
    ...['--node-id', nodeName],
    ...['--registration-dir', join(dir.kubelet, 'plugins_registry')],
    ...['--working-mount-dir', join(dir.root, 'work')],
  ];
}
