import type { Command } from 'commander';
import { type OutputFormat, outputOption } from '../output.ts';
import { type AzureFlags, addAzureOptions } from './azure-options.ts';

export interface ExplainFlags extends AzureFlags {
  readonly filename: readonly string[];
  readonly check: boolean;
  readonly output: OutputFormat;
}

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description('Say what manifests would create and mount, and what is wrong with them; nothing is changed')
    .requiredOption('-f, --filename <file...>', 'manifests, or directories of them; - reads standard input')
    .option('--check', 'ask the cloud as well: SKUs, room in the subnet, quota', false)
    .addOption(outputOption());
  addAzureOptions(command).action(async (flags: ExplainFlags) => {
    const { explainCommand } = await import('../explain-command.ts');
    process.exitCode = await explainCommand(flags);
  });
}
