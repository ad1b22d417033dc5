import { delimiter, join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import { driverNames } from '../../drivers/catalog.ts';
import type { ProcessList } from '../../sandbox/processes/process-list.ts';
import { type Supervised, supervise } from '../../sandbox/processes/supervisor.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Isolation } from './isolation.ts';
import { sandboxNodeName } from './node-name.ts';

/** The plugins as a cluster would run them: `berth controller` and `berth node`, each a process of its own. */
export function superviseDrivers(
  dir: StateDir,
  options: {
    readonly lnetPort: number;
    readonly isolation: Isolation;
    readonly processes: ProcessList;
    readonly log: Log;
  },
): readonly Supervised[] {
  const start = (name: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
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
  const controller = start('controller', controllerArguments(dir), {});
  if (options.isolation === 'none') return [controller];
  // The simulated mount helper stands first; the plugin finds it as it would find the real one.
  const path = [dir.bin, process.env.PATH].join(delimiter);
  return [controller, start('node', nodeArguments(dir, options.lnetPort), { PATH: path })];
}

function controllerArguments(dir: StateDir): string[] {
  return [
    'controller',
    ...driverNames.flatMap((name) => ['--driver', name]),
    ...driverNames.flatMap((name) => ['--endpoint', `unix://${dir.controllerSocket(name)}`]),
    ...['--kubeconfig', dir.controllerKubeconfig],
    ...['--azure-config-file', dir.azureConfigFile],
    ...['--azure-environment-file', dir.azureEnvironmentFile],
    // There is one controller, and waiting for the Lease of one that was killed would only cost time.
    '--no-leader-election',
    // Ten seconds, the default, is most of what a scaled creation takes.
    ...['--progress-interval', '1'],
  ];
}

function nodeArguments(dir: StateDir, lnetPort: number): string[] {
  return [
    'node',
    ...driverNames.flatMap((name) => ['--driver', name]),
    ...driverNames.flatMap((name) => ['--endpoint', `unix://${dir.nodeSocket(name)}`]),
    ...['--kubeconfig', dir.nodeKubeconfig],
    ...['--node-id', sandboxNodeName],
    ...['--registration-dir', join(dir.kubelet, 'plugins_registry')],
    ...['--working-mount-dir', join(dir.root, 'work')],
    ...['--lnet-port', String(lnetPort)],
  ];
}
