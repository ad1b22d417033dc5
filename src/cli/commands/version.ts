import type { Command } from 'commander';
import { csiVersion, version } from '../../version.ts';
import { type OutputFormat, outputOption, printJson } from '../output.ts';

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('Print the version of Berth, of CSI, and of the runtime')
    .addOption(outputOption())
    .action((options: { output: OutputFormat }) => {
      const facts = {
        version,
        csi: csiVersion,
        node: process.versions.node,
        platform: `${process.platform}/${process.arch}`,
      };
      if (options.output === 'json') return printJson(facts);
      const lines = [
        `Berth: ${version}`,
        `CSI: ${csiVersion}`,
        `Node: ${facts.node}`,
        `Platform: ${facts.platform}`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
