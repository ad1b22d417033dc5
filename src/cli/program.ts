import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { addControllerCommand } from './commands/controller.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addNodeCommand } from './commands/node.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addVersionCommand } from './commands/version.ts';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { describeError } from './output.ts';

function createProgram(): Command {
  const program = new Command('berth')
    .description(
      'Shared file systems for Kubernetes pods: CSI drivers without sidecars, and a sandbox to try them in.',
    )
    .version(version, '-V, --version', 'print the version and exit')
    .showHelpAfterError('(--help shows what is allowed)')
    .exitOverride();
  addSandboxCommand(program);
  addExplainCommand(program);
  addControllerCommand(program);
  addNodeCommand(program);
  addVersionCommand(program);
  program.addHelpText(
    'after',
    '\nExit codes: 0 fine, 1 findings or failure, 2 wrong usage, 3 the machine lacks something (named).',
  );
  return program;
}

/** Runs one command line and returns the exit code; never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv]);
    return Number(process.exitCode ?? exitCodes.fine);
  } catch (error) {
    // commander has printed its own message by now; help and version also arrive here, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.wrongUsage;
    process.stderr.write(`berth: ${describeError(error)}\n`);
    return error instanceof CommandFailure ? error.exitCode : exitCodes.failure;
  }
}
