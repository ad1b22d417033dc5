import { join } from 'node:path';
import { claimStateDir } from '../../sandbox/state/claim-state-dir.ts';
import { readRunFile } from '../../sandbox/state/run-file.ts';
import { type StateDir, socketPathRefusal, stateDir } from '../../sandbox/state/state-dir.ts';
import type { StartOptions } from '../commands/sandbox.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { describeError, printJson } from '../output.ts';
import { chooseCluster } from './cluster/cluster-choice.ts';
import { describeSandbox } from './describe-sandbox.ts';
import { driverParts } from './drivers/driver-parts.ts';
import { describeIsolation, type Isolation, possibleIsolation } from './isolation.ts';
import { launchSandbox, sayReady } from './launch.ts';
import { refuseStateDir } from './refuse-state-dir.ts';
import type { SandboxChoices } from './sandbox-choices.ts';

/** Starts a sandbox here, or launches this program again where it must be detached or in a user namespace. */
export async function startCommand(options: StartOptions): Promise<number> {
  const dir = stateDir(options.stateDir);
  const refusal = socketPathRefusal(
    dir,
    driverParts.map(({ name }) => name),
  );
  if (refusal) throw new CommandFailure(exitCodes.wrongUsage, refusal);
  const cluster = await chooseCluster(options.cluster, process.env);
  await refuseStateDir(claimStateDir(dir));

  const isolation = options.isolation === 'auto' ? possibleIsolation() : options.isolation;
  const choices = {
    ...options,
    isolation,
    cluster,
  };
  if (options.inside || (!options.detach && isolation !== 'user-namespace'))
    return runHere(dir, choices, options);

  const { ended } = await launchSandbox({
    args: insideArguments(dir, choices),
    isolation,
    detach: options.detach,
    logFile: join(dir.logs, 'sandbox.log'),
  });
  await announce(dir, options);
  return options.detach ? exitCodes.fine : ended;
}

/** The command line of the process that is the sandbox. */
function insideArguments(dir: StateDir, choices: SandboxChoices): string[] {
  const { cluster, nodeAddress } = choices;
  return [
    ...['sandbox', 'start', '--inside', '--state-dir', dir.root],
    ...['--time-scale', String(choices.timeScale), '--isolation', choices.isolation],
    ...['--cluster', cluster.kind === 'kubeconfig' ? cluster.path : cluster.kind],
    ...['--node-name', choices.nodeName],
    ...(nodeAddress === undefined ? [] : ['--node-address', nodeAddress]),
    ...choices.controllerArg.map((argument) => `--controller-arg=${argument}`),
    ...choices.without.flatMap((part) => ['--without', part]),
  ];
}

async function runHere(dir: StateDir, choices: SandboxChoices, options: StartOptions): Promise<number> {
  const { runSandbox } = await import('./run-sandbox.ts');
  try {
    await runSandbox(dir, {
      choices,
      onReady: async () => {
        if (options.inside) sayReady({ ready: true });
        else await announce(dir, options);
      },
    });
    return exitCodes.fine;
  } catch (error) {
    if (!options.inside) throw error;
    const exitCode = error instanceof CommandFailure ? error.exitCode : exitCodes.failure;
    sayReady({ ready: false, exitCode, message: describeError(error) });
    return exitCode;
  }
}

async function announce(dir: StateDir, options: StartOptions): Promise<void> {
  const run = await readRunFile(dir);
  if (!run) throw new CommandFailure(exitCodes.failure, `the sandbox has ended; see ${dir.logs}`);
  if (options.output === 'json') return printJson(run.info);
  process.stderr.write(`berth: ${describeIsolation(run.isolation as Isolation)}\n`);
  process.stdout.write(describeSandbox(run.info, dir));
}
