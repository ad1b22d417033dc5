import { type Command, Option } from 'commander';
import type { CloudName } from '../../sandbox/state/run-file.ts';
import { stateDir } from '../../sandbox/state/state-dir.ts';
import { linuxOnly, type OutputFormat, outputOption, printJson } from '../output.ts';
import { stateDirOption } from './state-dir-option.ts';

interface FaultsFlags {
  readonly stateDir: string;
  readonly cloud: CloudName;
  readonly output: OutputFormat;
}

interface SetFlags extends FaultsFlags {
  readonly method?: string;
  readonly path?: string;
  readonly name?: string;
}

/** `berth sandbox faults …`: what the simulated clouds are told to do wrong. */
export function addFaultsCommands(sandbox: Command): void {
  const faults = sandbox
    .command('faults')
    .description('List, set and clear what the simulated clouds do wrong');
  const add = (name: string, description: string) =>
    linuxOnly(faults.command(name))
      .description(description)
      .addOption(stateDirOption())
      .addOption(
        new Option('--cloud <name>', 'which simulated cloud').choices(['azure', 'aws']).default('azure'),
      )
      .addOption(outputOption());

  add('list', 'Show the faults that are set, and the kinds there are with their parameters').action(
    async (flags: FaultsFlags) => {
      const { listFaults, describeFaults } = await import('../sandbox/faults-client.ts');
      const answer = await listFaults(faultsAt(flags));
      if (flags.output === 'json') printJson(answer);
      else process.stdout.write(describeFaults(answer));
    },
  );

  add('set', 'Set a fault: KIND, then its parameters as NAME=VALUE')
    .argument('<kind>')
    .argument('[parameters...]')
    .option('--method <method>', 'only requests of this method')
    .option('--path <text>', 'only requests with this text in their path (* stands for any text)')
    .option('--name <name>', 'only requests about this resource')
    .action(async (kind: string, parameters: string[], flags: SetFlags) => {
      const { setFault } = await import('../sandbox/faults-client.ts');
      const { method, path, name } = flags;
      const fault = await setFault(faultsAt(flags), {
        kind,
        parameters,
        match: { method, path, name },
      });
      if (flags.output === 'json') printJson(fault);
      else process.stdout.write(`${fault.id} is set.\n`);
    });

  add('clear', 'Clear one fault by its id, or all of them')
    .argument('[id]')
    .action(async (id: string | undefined, flags: FaultsFlags) => {
      const { clearFaults } = await import('../sandbox/faults-client.ts');
      const cleared = await clearFaults(faultsAt(flags), id);
      if (flags.output === 'json') printJson({ cleared });
      else process.stdout.write(`${cleared} cleared.\n`);
    });
}

function faultsAt({ cloud, stateDir: path }: FaultsFlags) {
  return { dir: stateDir(path), cloud };
}
