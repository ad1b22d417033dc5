import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../async/clock.ts';
import { stateDir } from '../../sandbox/state/state-dir.ts';
import { exitCodes } from '../exit-codes.ts';
import { linuxOnly, type OutputFormat, outputOption, printJson } from '../output.ts';
import { type Isolation, isolations } from '../sandbox/isolation.ts';
import { type OptionalPart, optionalParts } from '../sandbox/optional-parts.ts';
import { addFaultsCommands } from './sandbox-faults.ts';
import { stateDirOption } from './state-dir-option.ts';

export interface StartOptions {
  readonly stateDir: string;
  readonly detach: boolean;
  readonly timeScale: number;
  readonly isolation: 'auto' | Isolation;
  readonly without: readonly OptionalPart[];
  readonly output: OutputFormat;
  readonly inside: boolean;
}

export function addSandboxCommand(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .description(
      'Kubernetes’ storage behaviour and simulated clouds on this machine: for trying, learning and testing',
    );

  linuxOnly(sandbox.command('start'))
    .description('Start a sandbox, and keep it running until Ctrl-C or `berth sandbox stop`')
    .addOption(stateDirOption())
    .option('--detach', 'return when it is ready and leave it running', false)
    .option('--time-scale <n>', 'how much faster the clouds’ long work passes', positiveNumber, 60)
    .addOption(
      new Option('--isolation <how>', 'how to mount').choices(['auto', ...isolations]).default('auto'),
    )
    .option('--without <part>', `leave a part out: ${optionalParts.join(' or ')}; may repeat`, addPart, [])
    .addOption(new Option('--inside').default(false).hideHelp())
    .addOption(outputOption())
    .action(async (options: StartOptions) => {
      const { startCommand } = await import('../sandbox/start-command.ts');
      process.exitCode = await startCommand(options);
    });

  linuxOnly(sandbox.command('status'))
    .description('Say whether the sandbox runs, and how to reach it (exit code 1 when it does not)')
    .addOption(stateDirOption())
    .addOption(outputOption())
    .action(async (options: { stateDir: string; output: OutputFormat }) => {
      const { statusCommand } = await import('../sandbox/status-command.ts');
      process.exitCode = await statusCommand(stateDir(options.stateDir), options.output);
    });

  linuxOnly(sandbox.command('stop'))
    .description(
      'End the sandbox, its pods and its mounts; its objects and file systems stay for the next start',
    )
    .addOption(stateDirOption())
    .option('--purge', 'remove the state directory as well', false)
    .addOption(outputOption())
    .action(async (options: { stateDir: string; purge: boolean; output: OutputFormat }) => {
      const { stopSandbox } = await import('../sandbox/stop-sandbox.ts');
      const stopped = await stopSandbox(stateDir(options.stateDir), {
        purge: options.purge,
        clock: systemClock,
      });
      if (options.output === 'json') printJson({ stopped });
      else process.stdout.write(stopped ? 'The sandbox has stopped.\n' : 'No sandbox was running there.\n');
      process.exitCode = exitCodes.fine;
    });

  addFaultsCommands(sandbox);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('It must be a number above 0, e.g. 100.');
  return value;
}

function addPart(text: string, chosen: readonly OptionalPart[]): readonly OptionalPart[] {
  const part = optionalParts.find((one) => one === text);
  if (part === undefined) throw new InvalidArgumentError(`It must be one of ${optionalParts.join(', ')}.`);
  return [...chosen, part];
}
