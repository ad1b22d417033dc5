import { type Command, Option } from 'commander';

export type OutputFormat = 'text' | 'json';

/** The `-o` flag of every command whose output a machine may read. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One error and its causes as a sentence; the stack only where BERTH_DEBUG is set. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env.BERTH_DEBUG) return error.stack ?? error.message;
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 3; cause = cause.cause) {
    if (!error.message.includes(cause.message)) causes.push(cause.message);
  }
  return [error.message, ...causes].join(': ');
}

/** Commands that only make sense on Linux say so in one place. */
export function linuxOnly(command: Command): Command {
  return command.hook('preAction', (_, action) => {
    if (process.platform === 'linux') return;
    command.error(
      `berth ${action.name()} needs Linux (WSL2 or a virtual machine counts); on ${process.platform} only explain and version run.`,
      { exitCode: 3 },
    );
  });
}
