import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../async/clock.ts';
import { stateDir } from '../../sandbox/state/state-dir.ts';
import { exitCodes } from '../exit-codes.ts';
import { linuxOnly, type OutputFormat, outputOption, printJson } from '../output.ts';
import { type Isolation, isolations } from '../sandbox/isolation.ts';
import { sandboxNodeName } from '../sandbox/node-name.ts';
import { type OptionalPart, optionalParts } from '../sandbox/optional-parts.ts';
import { addFaultsCommands } from './sandbox-faults.ts';
import { stateDirOption } from './state-dir-option.ts';

export interface StartOptions {
  readonly stateDir: string;
  readonly detach: boolean;
  readonly timeScale: number;
  readonly isolation: 'auto' | Isolation;
  readonly cluster: string;
  readonly without: readonly OptionalPart[];
  readonly nodeName: string;
  readonly nodeAddress: string | undefined;
  readonly controllerArg: readonly string[];
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
    .option(
      '--cluster <which>',
      'embedded, assets (etcd and kube-apiserver of $KUBEBUILDER_ASSETS), or the path of a kubeconfig',
      'embedded',
    )
    .option('--node-name <name>', 'name of the kubelet stand-in’s Node', nodeName, sandboxNodeName)
    .option(
      '--node-address <ip>',
      'where the cluster of a kubeconfig reaches this machine (default: the address from which it is reached)',
      ipAddress,
    )
    .option('--without <part>', `leave a part out: ${optionalParts.join(' or ')}; may repeat`, addPart, [])
    .option(
      '--controller-arg <arg>',
      'one more argument of the controller plugin, as in --controller-arg=--delete-access-point-root-dir; may repeat',
      (argument: string, earlier: readonly string[]) => [...earlier, argument],
      [],
    )
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

function nodeName(text: string): string {
  // RFC 1123, as Kubernetes demands of a Node.
  if (/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be at most 63 lower-case letters, digits, "-" or ".", e.g. berth-sandbox.',
  );
}

function ipAddress(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new InvalidArgumentError('It must be an IP address of this machine, e.g. 172.18.0.1.');
}
