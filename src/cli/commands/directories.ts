import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LogLevel } from '../../telemetry/log.ts';
import { linuxOnly } from '../output.ts';
import { logLevelOption } from './plugin-options.ts';

export interface DirectoriesFlags {
  readonly socket: string;
  readonly socketGroup?: number;
  readonly mountPoint: string;
  readonly fsType: readonly string[];
  readonly removalsPerSecond: number;
  readonly looksPerSecond: number;
  readonly logLevel: LogLevel;
}

const servedTypes = ['lustre', 'nfs4', 'efs', 'cifs'];

export function addDirectoriesCommand(program: Command): void {
  linuxOnly(program.command('directories'))
    .description(
      'Make and remove directories on shared file systems for the controller; privileged, beside it',
    )
    .option('--socket <path>', 'where the controller asks (its --directories)', '/csi/directories.sock')
    .option('--socket-group <gid>', 'group that may ask as well (default: the owner alone)', wholeNumber)
    .option(
      '--mount-point <dir>',
      'where work processes mount, each in a namespace of its own',
      '/tmp/berth-root',
    )
    .addOption(
      new Option('--fs-type <type...>', 'file systems to serve').choices(servedTypes).default(servedTypes),
    )
    .option(
      '--removals-per-second <n>',
      'files and directories that one removal takes away',
      wholeNumber,
      2_000,
    )
    .option(
      '--looks-per-second <n>',
      'files and directories that one measurement looks at',
      wholeNumber,
      1_000,
    )
    .addOption(logLevelOption())
    .action(async (flags: DirectoriesFlags) => {
      const { runDirectories } = await import('../roles/directories.ts');
      await runDirectories(flags);
    });
}

/** One order in a process of its own; for `berth directories` alone. */
export function addDirectoryWorkCommand(program: Command): void {
  program
    .command('directory-work', { hidden: true })
    .argument('<sheet>')
    .action(async (sheet: string) => {
      const { runOrder } = await import('../../directories/orders/run-order.ts');
      process.stdout.write(await runOrder(sheet));
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}
