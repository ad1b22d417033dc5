import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { describeError } from './output.ts';
import { translateUpstreamFlags } from './upstream-flags.ts';

export type AddCommand = (program: Command) => void;

function createProgram(commands: readonly AddCommand[]): Command {
  const program = new Command('berth')
    .description(
      'Shared file systems for Kubernetes pods: CSI drivers without sidecars, and a sandbox to try them in.',
    )
    .version(version, '-V, --version', 'print the version and exit')
    .showHelpAfterError('(--help shows what is allowed)')
    .exitOverride();
  for (const add of commands) add(program);
  return program.addHelpText(
    'after',
    '\nExit codes: 0 fine, 1 findings or failure, 2 wrong usage, 3 the machine lacks something (named).',
  );
}

/** Runs one command line and returns the exit code; never throws. */
export async function runProgram(argv: readonly string[], commands: readonly AddCommand[]): Promise<number> {
  try {
    const understood = translateUpstreamFlags(argv);
    for (const notice of understood.notices) process.stderr.write(`berth: ${notice}\n`);
    await createProgram(commands).parseAsync([...understood.argv]);
    return Number(process.exitCode ?? exitCodes.fine);
  } catch (error) {
    // commander has printed its own message by now; help and version also arrive here, with exit code 0.
    if (error instanceof CommanderError) return exitCodeOf(error);
    process.stderr.write(`berth: ${describeError(error)}\n`);
    return error instanceof CommandFailure ? error.exitCode : exitCodes.failure;
  }
}

/** commander says 1 for wrong usage; our own `error` calls carry the code they mean. */
function exitCodeOf({ exitCode }: CommanderError): number {
  return exitCode === exitCodes.failure ? exitCodes.wrongUsage : exitCode;
}
