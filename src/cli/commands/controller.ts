import { type Command, InvalidArgumentError, Option } from 'commander';
import { healthPorts } from '../health-ports.ts';
import { linuxOnly } from '../output.ts';
import { type AzureFlags, addAzureOptions } from './azure-options.ts';
import { addEfsOptions, type EfsFlags } from './efs-options.ts';
import { addPluginOptions, type PluginFlags } from './plugin-options.ts';

export interface ControllerFlags extends PluginFlags, AzureFlags, EfsFlags {
  readonly sidecars: 'internal' | 'external';
  readonly leaderElection: boolean;
  readonly leaderElectionNamespace?: string;
  /** Seconds. */
  readonly progressInterval: number;
  readonly volumeHealthInterval: number;
  readonly directories?: string;
}

export function addControllerCommand(program: Command): void {
  const command = linuxOnly(program.command('controller')).description(
    'Serve the CSI controller, and provision and resize claims in the same process',
  );
  addPluginOptions(command, { healthPort: healthPorts.controller });
  command
    .addOption(
      new Option('--sidecars <where>', '"external" leaves claims to csi-provisioner and csi-resizer')
        .choices(['internal', 'external'])
        .default('internal'),
    )
    .option('--no-leader-election', 'for a single replica')
    .option('--leader-election-namespace <name>', 'where the Lease is kept (default: the pod’s namespace)')
    .option(
      '--progress-interval <seconds>',
      'the least time between two progress events on a claim',
      seconds,
      10,
    )
    .option(
      '--volume-health-interval <seconds>',
      'the time between two looks at the condition of volumes',
      seconds,
      300,
    )
    .option(
      '--directories <socket>',
      'path of the socket of "berth directories"; without it no class may ask for a directory per claim',
    );
  addAzureOptions(addEfsOptions(command)).action(async (flags: ControllerFlags) => {
    const { runController } = await import('../roles/controller.ts');
    await runController(flags);
  });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('It must be a number of seconds, 0 or more.');
  return value;
}
