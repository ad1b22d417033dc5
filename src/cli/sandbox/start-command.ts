import { join } from 'node:path';
import { claimStateDir } from '../../sandbox/state/claim-state-dir.ts';
import { readRunFile } from '../../sandbox/state/run-file.ts';
import { type StateDir, socketPathRefusal, stateDir } from '../../sandbox/state/state-dir.ts';
import type { StartOptions } from '../commands/sandbox.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { describeError, printJson } from '../output.ts';
import { describeSandbox } from './describe-sandbox.ts';
import { driverParts } from './drivers/driver-parts.ts';
import { describeIsolation, type Isolation, possibleIsolation } from './isolation.ts';
import { launchSandbox, sayReady } from './launch.ts';
import { refuseStateDir } from './refuse-state-dir.ts';

/** Starts a sandbox here, or launches this program again where it must be detached or in a user namespace. */
export async function startCommand(options: StartOptions): Promise<number> {
  const dir = stateDir(options.stateDir);
  const refusal = socketPathRefusal(
    dir,
    driverParts.map(({ name }) => name),
  );
  if (refusal) throw new CommandFailure(exitCodes.wrongUsage, refusal);
  await refuseStateDir(claimStateDir(dir));

  if (options.inside) return runHere(dir, options, options.isolation as Isolation);
  const isolation = options.isolation === 'auto' ? possibleIsolation() : options.isolation;
  if (!options.detach && isolation !== 'user-namespace') return runHere(dir, options, isolation);

  const { ended } = await launchSandbox({
    args: [
      ...['sandbox', 'start', '--inside', '--state-dir', dir.root],
      ...['--time-scale', String(options.timeScale), '--isolation', isolation],
      ...options.without.flatMap((part) => ['--without', part]),
    ],
    isolation,
    detach: options.detach,
    logFile: join(dir.logs, 'sandbox.log'),
  });
  await announce(dir, options);
  return options.detach ? exitCodes.fine : ended;
}

async function runHere(dir: StateDir, options: StartOptions, isolation: Isolation): Promise<number> {
  const { runSandbox } = await import('./run-sandbox.ts');
  try {
    await runSandbox(dir, {
      timeScale: options.timeScale,
      isolation,
      without: options.without,
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
